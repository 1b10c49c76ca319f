"""Rules about containers and their seals."""

import re
from collections.abc import Iterator
from typing import Any

from declarations.rules.base import (
    CUSTOMS,
    GOOD,
    ITEM,
    Each,
    Finding,
    Numbered,
    Params,
    Rule,
    Survey,
)
from declarations.rules.check_digits import container_digit
from declarations.wco.i18n import gettext_noop as _

EQUIPMENT = "GoodsShipment/Consignment/TransportEquipment"
CONTAINERISED = "GoodsShipment/Consignment/ContainerCode"
_CONTAINER = re.compile(r"[A-Z]{3}[UJZ]\d{7}")


def repeated(path: str, survey: Survey) -> Iterator[Finding]:
    """What stands at a path a second time."""
    seen: set[str] = set()
    for n, value in enumerate(survey.values(path)):
        if value in seen:
            yield Finding(survey.place(path, n))
        seen.add(value)


class ContainersListed(Rule):
    code = "SW-R-TRN-008"
    path = f"{EQUIPMENT}/ID"
    message = _(
        "The goods are said to travel in containers, but no container number is given. Add each "
        "container with its number."
    )
    source = "WCO Data Model, elements 096 and 159; Customs Convention on Containers"
    kinds = CUSTOMS
    needs = CONTAINERISED

    def check(self, survey: Survey) -> Iterator[Finding]:
        if survey.get(CONTAINERISED) != "1":
            return
        if not any(survey.values(f"{EQUIPMENT}/ID")):
            yield Finding(survey.root.at(f"{EQUIPMENT}/ID"))


class NoContainersListed(Each):
    code = "SW-R-TRN-009"
    path = f"{EQUIPMENT}/ID"
    message = _(
        "Container %(value)s is listed, but the declaration says that the goods are not in "
        "containers. Write 1 (in containers), or remove it."
    )
    source = "WCO Data Model, elements 096 and 159"
    kinds = CUSTOMS

    def at(self, value: Any, survey: Survey) -> Params | None:
        loose = survey.get(CONTAINERISED) == "0"
        return {} if loose and _CONTAINER.fullmatch(value) else GOOD


class ContainerForm(Each):
    code = "SW-R-TRN-010"
    path = f"{EQUIPMENT}/ID"
    message = _(
        "%(value)s is not written as a container number: the owner's three letters, U, and seven "
        "digits, without spaces, such as MSKU1234565."
    )
    source = "ISO 6346"
    kinds = CUSTOMS

    def at(self, value: Any, survey: Survey) -> Params | None:
        boxed = survey.get(CONTAINERISED) == "1"
        return {} if boxed and not _CONTAINER.fullmatch(value) else GOOD


class ContainerDigit(Each):
    code = "SW-R-TRN-011"
    path = f"{EQUIPMENT}/ID"
    message = _(
        "The last digit of container %(value)s does not fit: it should be %(digit)s. A letter or "
        "digit was probably mistyped; check it against the transport document."
    )
    source = "ISO 6346, check digit"
    kinds = CUSTOMS

    def at(self, value: Any, survey: Survey) -> Params | None:
        if not _CONTAINER.fullmatch(value):
            return GOOD
        digit = container_digit(value[:10])
        return GOOD if value[10] == str(digit) else {"digit": digit}


class ContainerOnce(Rule):
    code = "SW-R-TRN-012"
    path = f"{EQUIPMENT}/ID"
    message = _(
        "Container %(value)s is listed twice. List each container once, with all its seals."
    )
    source = "WCO Data Model, class 31B"
    needs = path

    def check(self, survey: Survey) -> Iterator[Finding]:
        yield from repeated(f"{EQUIPMENT}/ID", survey)


class ItemContainerListed(Each):
    code = "SW-R-TRN-013"
    path = f"{ITEM}/Commodity/TransportEquipment/ID"
    message = _(
        "Goods item %(item)s travels in container %(value)s, which the declaration does not list. "
        "Add it to the containers, or correct its number."
    )
    source = "WCO Data Model, class 31B"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if value in survey.values(f"{EQUIPMENT}/ID") else {}

    def allowed(self, survey: Survey) -> tuple[str, ...]:
        return tuple(sorted(set(survey.values(f"{EQUIPMENT}/ID"))))


class SealNumber(Rule):
    code = "SW-R-TRN-014"
    path = f"{EQUIPMENT}/Seal"
    message = _(
        "Seal %(number)s of this container has no number. Write what is stamped on it."
    )
    source = "WCO Data Model, element 165; ISO 17712"
    needs = path

    def check(self, survey: Survey) -> Iterator[Finding]:
        for n, seal in enumerate(survey.values(self.path)):
            if not seal.ID:
                place = survey.place(self.path, n)
                yield Finding(place.at("ID"), {"number": place.position})


class SealOnce(Rule):
    code = "SW-R-TRN-015"
    path = f"{EQUIPMENT}/Seal/ID"
    message = _(
        "Seal %(value)s is given twice. Every seal has a number of its own; check which is wrong."
    )
    source = "ISO 17712"
    needs = path

    def check(self, survey: Survey) -> Iterator[Finding]:
        yield from repeated(f"{EQUIPMENT}/Seal/ID", survey)


class EquipmentNumbered(Numbered):
    code = "SW-R-TRN-021"
    path = EQUIPMENT
    message = _(
        "This container is number %(value)s, but stands at place %(expected)s. Number the "
        "containers 1, 2, 3 …"
    )


class SealsNumbered(Numbered):
    code = "SW-R-TRN-022"
    path = f"{EQUIPMENT}/Seal"
    message = _(
        "This seal is number %(value)s, but stands at place %(expected)s. Number the seals of a "
        "container 1, 2, 3 …"
    )


RULES = (
    ContainersListed(), NoContainersListed(), ContainerForm(), ContainerDigit(), ContainerOnce(),
    ItemContainerListed(), SealNumber(), SealOnce(), EquipmentNumbered(), SealsNumbered(),
)
