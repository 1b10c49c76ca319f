"""Which permits and certificates the goods of a declaration need, and which of them it names.

Read from what the business rules ask (``declarations.rules.permits``) and from the code list of
controlled goods, so that a person is told beforehand exactly what the check would find.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from declarations import codelists
from declarations.rules import controlled
from declarations.rules.base import ITEM
from declarations.rules.permits import (
    RULES,
    PermitNeeded,
    PhytosanitaryExpected,
    VeterinaryExpected,
)
from declarations.rules.places import Place
from declarations.wco import Declaration, MessageKind

Text = str | Promise

# The treaty behind a permit; those on green trade are marked, so that they are not overlooked.
TREATIES: dict[str, Text] = {
    "CIT": _("CITES"),
    "ODS": _("Montreal Protocol"),
    "WST": _("Basel Convention"),
    "PIC": _("Rotterdam Convention"),
    "PES": _("Rotterdam Convention"),
    "RAD": _("Convention on the Physical Protection of Nuclear Material"),
    "NAR": _("Single Convention on Narcotic Drugs"),
    "ARM": _("Arms Trade Treaty"),
    "851": _("International Plant Protection Convention"),
    "853": _("WOAH Terrestrial Animal Health Code"),
}
GREEN = frozenset({"CIT", "ODS", "WST", "PIC", "PES"})

# Certificates that an agency will ask for at the border, and the papers that satisfy it.
_EXPECTED: tuple[tuple[type, str, frozenset[str]], ...] = (
    (PhytosanitaryExpected, "851", frozenset({"851", "PHI"})),
    (VeterinaryExpected, "853", frozenset({"853", "852", "VEI"})),
)


@dataclass(frozen=True, slots=True)
class Need:
    """One permit for one goods item. ``numbers``: of the documents named for it."""

    permit: str
    item: int
    hs: str
    goods: Text
    law: Text
    must: bool
    named: bool
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A permit, and the goods items that need it. ``must``: without it the declaration is rejected;
    otherwise the agency asks for it at the border."""

    permit: str
    needs: tuple[Need, ...]

    @property
    def name(self) -> str:
        language = (get_language() or "en").split("-")[0]
        for code_list in ("permit", "document"):
            if codelists.get(code_list, self.permit) is not None:
                return codelists.name(code_list, self.permit, language)
        return self.permit

    @property
    def treaty(self) -> Text:
        return TREATIES.get(self.permit, "")

    @property
    def green(self) -> bool:
        return self.permit in GREEN

    @property
    def must(self) -> bool:
        return any(need.must for need in self.needs)

    @property
    def missing(self) -> tuple[Need, ...]:
        return tuple(need for need in self.needs if not need.named)

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n for need in self.needs for n in need.numbers))

    @property
    def laws(self) -> list[tuple[str, Text, Text]]:
        """Commodity code, what the list calls such goods, and where they are listed; each once."""
        return list(dict.fromkeys((need.hs, need.goods, need.law) for need in self.needs))


def requirements(kind: str, declaration: Declaration) -> list[Requirement]:
    """What the goods need in a declaration of this kind; what must be there comes first."""
    found: dict[str, list[Need]] = {}
    for need in _needs(MessageKind(kind), Place.root(declaration)):
        found.setdefault(need.permit, []).append(need)
    made = [Requirement(permit, tuple(needs)) for permit, needs in found.items()]
    return sorted(made, key=lambda each: not each.must)


def _needs(kind: MessageKind, root: Place) -> Iterator[Need]:
    whole = _papers(root)
    for number, item in enumerate(root.find(ITEM), start=1):
        hs = (item.get("Commodity/Classification/ID") or "").replace(".", "").replace(" ", "")
        if not hs:
            continue
        own = _papers(item)
        under_treaty = controlled.entries(hs)
        for rule in RULES:
            if isinstance(rule, PermitNeeded) and kind in rule.kinds:
                entry = under_treaty.get(rule.permit)
                if entry is not None:
                    yield Need(
                        rule.permit, number, hs, _(entry.name), _(entry.more["law"]), True,
                        *_named(own, {rule.permit}),
                    )
        for expected, certificate, papers in _EXPECTED:
            if kind in expected.kinds and hs.startswith(expected.CHAPTERS):  # type: ignore[attr-defined]
                yield Need(
                    certificate, number, hs, "", expected.source, False,  # type: ignore[attr-defined]
                    *_named(own + whole, papers),
                )


def _papers(place: Place) -> list[tuple[str, str]]:
    return [
        (document.value.TypeCode or "", document.value.ID or "")
        for document in place.find("AdditionalDocument")
    ]


def _named(
    papers: list[tuple[str, str]], wanted: set[str] | frozenset[str]
) -> tuple[bool, tuple[str, ...]]:
    found = [number for code, number in papers if code in wanted]
    return bool(found), tuple(number for number in found if number)
