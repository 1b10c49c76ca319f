"""Rules about the customs procedure of an item, and the one before."""

from typing import Any

from declarations import codelists
from declarations.codelists import get
from declarations.rules.base import (
    BOTH_WAYS,
    GOOD,
    ITEM,
    KYOTO,
    Each,
    KnownCode,
    Params,
    Survey,
)
from declarations.wco.i18n import gettext_noop as _

OUTWARD = ("10", "21", "23", "31")
INWARD = ("40", "44", "51", "53", "61", "71", "78", "91", "93", "94")


def _procedure(code: str, use: str) -> bool:
    found = get("procedure", code)
    return found is not None and found.more["use"] in {use, "both"}


def _procedures(use: str) -> tuple[str, ...]:
    return tuple(code for code in codelists.codes("procedure") if _procedure(code, use))


class ProcedureKnown(KnownCode):
    code = "SW-R-ITM-007"
    path = f"{ITEM}/GovernmentProcedure/CurrentCode"
    code_list = "procedure"
    message = _(
        "Goods item %(item)s: %(value)s is not a customs procedure. Use the first two digits "
        "only, such as 40 for clearance for home use or 10 for exportation."
    )
    source = f"{KYOTO}, specific annexes"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if _procedure(value, "current") else {}

    def allowed(self, survey: Survey) -> tuple[str, ...]:
        return _procedures("current")


class PreviousProcedureKnown(KnownCode):
    code = "SW-R-ITM-008"
    path = f"{ITEM}/GovernmentProcedure/PreviousCode"
    code_list = "procedure"
    message = _(
        "Goods item %(item)s: %(value)s is not a previous procedure. Write 00 if the goods were "
        "under none."
    )
    source = f"{KYOTO}, specific annexes"

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if _procedure(value, "previous") else {}

    def allowed(self, survey: Survey) -> tuple[str, ...]:
        return _procedures("previous")


class ProcedureFits(Each):
    code = "SW-R-ITM-009"
    path = f"{ITEM}/GovernmentProcedure/CurrentCode"
    message = _(
        "Goods item %(item)s: procedure %(value)s (%(hint)s) does not fit this kind of "
        "declaration. Choose another procedure, or file the other kind of declaration."
    )
    source = f"{KYOTO}, specific annexes B, C, D, F and G"
    kinds = BOTH_WAYS

    def at(self, value: Any, survey: Survey) -> Params | None:
        if not _procedure(value, "current") or value in self.allowed(survey):
            return GOOD
        return {"hint": codelists.name("procedure", value)}

    def allowed(self, survey: Survey) -> tuple[str, ...]:
        return OUTWARD if (survey.declaration.TypeCode or "").startswith("EX") else INWARD


class PreviousProcedureNeeded(Each):
    code = "SW-R-ITM-010"
    path = f"{ITEM}/GovernmentProcedure"
    message = _(
        "Goods item %(item)s: goods under procedure %(procedure)s (%(hint)s) were under another "
        "procedure before. Write that as the previous procedure."
    )
    source = f"{KYOTO}, specific annexes B2 and G"
    kinds = BOTH_WAYS
    points = "PreviousCode"

    def at(self, value: Any, survey: Survey) -> Params | None:
        current = value.CurrentCode
        if current not in {"31", "61"} or value.PreviousCode not in {None, "", "00"}:
            return GOOD
        return {"procedure": current, "hint": codelists.name("procedure", current)}


RULES = (
    ProcedureKnown(), PreviousProcedureKnown(), ProcedureFits(), PreviousProcedureNeeded(),
)
