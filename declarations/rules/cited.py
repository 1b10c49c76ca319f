"""Rules about permits of this portal's own agencies that a declaration cites.

What the permits allow is known to the room above: ``RuleContext.permits`` answers for the whole
declaration at once, and each rule tells the problems that are its own.
"""

from collections.abc import Sequence
from typing import Any

from declarations.rules.base import (
    BOTH_WAYS,
    DOCUMENTS,
    ITEM,
    POLICY,
    WCO,
    Each,
    Finding,
    Survey,
)
from declarations.wco.i18n import gettext_noop as _

ITEM_DOCUMENT = f"{ITEM}/AdditionalDocument"


class CitedPermit(Each):
    """``points``: the element of the document at which the fault is told."""

    looks = DOCUMENTS
    points = "ID"
    kinds = BOTH_WAYS
    source = POLICY

    def judge(self, path: str, values: Sequence[Any], survey: Survey) -> Sequence[Finding]:
        if survey.permits is None:
            return ()
        found = []
        for problem in survey.permits.problems(survey.declaration):
            of_item = problem.item is not None
            if problem.code == self.code and of_item == (path == ITEM_DOCUMENT):
                parent = survey.root if problem.item is None else survey.item(problem.item - 1)
                document = parent.children("AdditionalDocument")[problem.document - 1]
                found.append(Finding(document.at(self.points), problem.params))
        return found


class PermitIssued(CitedPermit):
    code = "SW-R-PRM-040"
    path = f"{ITEM_DOCUMENT}/ID"
    message = _(
        "%(value)s is written like a permit of this country, but no agency has issued it. Copy the "
        "number from the certificate, or apply for a permit first."
    )


class PermitStands(CitedPermit):
    code = "SW-R-PRM-041"
    path = f"{ITEM_DOCUMENT}/ID"
    message = _(
        "The permit %(value)s cannot be used: %(hint)s. Ask the agency that issued it, or name "
        "another permit."
    )


class PermitOnItsDays(CitedPermit):
    code = "SW-R-PRM-042"
    path = f"{ITEM_DOCUMENT}/ID"
    message = _(
        "The permit %(value)s is valid from %(first)s to %(last)s, and not on the day of filing. "
        "Ask the agency to extend it, or name a permit in force."
    )
    source = f"{WCO}, elements 276 and 275"


class PermitOfThisType(CitedPermit):
    code = "SW-R-PRM-043"
    points = "TypeCode"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    message = _(
        "The permit %(number)s is of type %(type)s, and not %(value)s. Write %(type)s as the type "
        "of this document."
    )


class PermitOfThisTrader(CitedPermit):
    code = "SW-R-PRM-044"
    path = f"{ITEM_DOCUMENT}/ID"
    message = _(
        "The permit %(value)s was issued to somebody else than the importer, of an export the "
        "exporter, of this declaration. Only its holder may use it: name a permit of your own."
    )


class PermitForTheseGoods(CitedPermit):
    code = "SW-R-PRM-045"
    path = f"{ITEM_DOCUMENT}/ID"
    message = _(
        "The permit %(value)s does not cover the goods of code %(hs)s; it covers %(covered)s. "
        "Name the permit for these goods, or correct the code."
    )


class PermitQuantityTold(CitedPermit):
    code = "SW-R-PRM-046"
    points = "WriteOff/QuantityQuantity"
    path = f"{ITEM_DOCUMENT}/WriteOff/QuantityQuantity"
    message = _(
        "Goods item %(item)s does not say how much it takes of the permit %(number)s, which "
        "counts in %(unit)s. Write the quantity in %(unit)s as the write-off of this document."
    )
    source = f"{WCO}, element 502"


class PermitQuantityLeft(CitedPermit):
    code = "SW-R-PRM-047"
    path = f"{ITEM_DOCUMENT}/ID"
    message = _(
        "Goods item %(item)s needs %(needed)s %(unit)s of the permit %(value)s, which has "
        "%(left)s %(unit)s left. Declare less, or apply for another permit."
    )
    source = f"{WCO}, element 502"


class PermitValueTold(CitedPermit):
    code = "SW-R-PRM-048"
    points = "WriteOff/AmountAmount"
    path = f"{ITEM_DOCUMENT}/WriteOff/AmountAmount"
    message = _(
        "Goods item %(item)s does not say what value it takes of the permit %(number)s, which "
        "counts in %(currency)s. Write the amount in %(currency)s as the write-off of this "
        "document."
    )
    source = f"{WCO}, element 503"


class PermitValueLeft(CitedPermit):
    code = "SW-R-PRM-049"
    path = f"{ITEM_DOCUMENT}/ID"
    message = _(
        "Goods item %(item)s needs %(needed)s %(currency)s of the permit %(value)s, which has "
        "%(left)s %(currency)s left. Declare less, or apply for another permit."
    )
    source = f"{WCO}, element 503"


class PermitAtTheItem(CitedPermit):
    code = "SW-R-PRM-050"
    path = "AdditionalDocument/ID"
    message = _(
        "The permit %(value)s is named for the whole declaration, where nothing can be written "
        "off it. Name it among the documents of each goods item that needs it."
    )


RULES = (
    PermitIssued(), PermitStands(), PermitOnItsDays(), PermitOfThisType(), PermitOfThisTrader(),
    PermitForTheseGoods(), PermitQuantityTold(), PermitQuantityLeft(), PermitValueTold(),
    PermitValueLeft(), PermitAtTheItem(),
)
