"""What a business rule is: a code, a place, a message, a source, and one pure question."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Protocol

from declarations import codelists
from declarations.rules.places import Place
from declarations.wco import Declaration, MessageKind, Severity

IMPORT, EXPORT, TRANSIT, LPCO = (
    MessageKind.IMPORT, MessageKind.EXPORT, MessageKind.TRANSIT, MessageKind.LPCO
)
TRADE = frozenset({IMPORT, EXPORT, TRANSIT, LPCO})
CUSTOMS = frozenset({IMPORT, EXPORT, TRANSIT})
BOTH_WAYS = frozenset({IMPORT, EXPORT})

WARNING = Severity.WARNING
ERROR = Severity.ERROR

# Sources, named once.
WCO = "WCO Data Model"
KYOTO = "Revised Kyoto Convention"
POLICY = "Portal policy"
VALUATION_AGREEMENT = "WTO Agreement on Customs Valuation"
TIR = "TIR Convention"
NCTS = "Common Transit Convention (NCTS)"

Params = Mapping[str, Any]
GOOD: Params | None = None


@dataclass(frozen=True, slots=True)
class PermitProblem:
    """Why a declaration cannot use a permit that it cites. ``code``: of the rule that tells it.

    ``item`` and ``document`` count from 1; ``item`` is None for a document of the whole declaration.
    """

    code: str
    item: int | None
    document: int
    params: Params = field(default_factory=dict)


class PermitRegister(Protocol):
    """What the portal's agencies have granted, as one check of one declaration sees it."""

    def problems(self, declaration: Declaration) -> Sequence[PermitProblem]: ...


@dataclass(frozen=True, slots=True)
class RuleContext:
    """What a rule may know beside the message: nothing that changes while it looks.

    ``country``: the portal's (ISO 3166). ``today``: the date of filing, in the portal's time zone.
    ``declarant_id``: the identifier of the organisation that files; None when it is not known.
    ``permits``: what the agencies have granted; None where there is no register to ask.
    """

    country: str
    today: date
    declarant_id: str | None = None
    permits: PermitRegister | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a rule is broken, and the words that its message needs."""

    place: Place
    params: Params = field(default_factory=dict)
    allowed: tuple[str, ...] = ()


class Rule:
    """One rule. Most say only ``path`` and answer ``at`` for each place found there.

    ``message`` may use the params by name, as in ``%(sum)s``, and everywhere ``value``, what is
    there; ``item``, the number of the goods item; ``label``, the name of the element. A param that
    is English text itself, to be translated too, is called ``hint`` (see ``wco.faults``).
    """

    code: ClassVar[str]
    message: ClassVar[str]
    source: ClassVar[str]
    path: ClassVar[str] = ""
    where: ClassVar[str] = ""
    """In words, for a rule that looks at many kinds of places; the others name theirs in path."""
    severity: ClassVar[Severity] = ERROR
    kinds: ClassVar[frozenset[MessageKind]] = TRADE

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        for place in root.find(self.path):
            params = self.at(place, context)
            if params is not None:
                yield Finding(place, params, self.allowed(context))

    def at(self, place: Place, context: RuleContext) -> Params | None:
        """The message's params if the rule is broken here, otherwise None (``GOOD``)."""
        raise NotImplementedError

    def allowed(self, context: RuleContext) -> tuple[str, ...]:
        """The values that would be right, where they are few."""
        return ()


class KnownCode(Rule):
    """The code at ``path`` stands in ``code_list`` and was in force on the day of filing."""

    code_list: ClassVar[str]

    def at(self, place: Place, context: RuleContext) -> Params | None:
        return GOOD if known(self.code_list, place.value, context) else {}

    def allowed(self, context: RuleContext) -> tuple[str, ...]:
        return few(self.code_list)


class Numbered(Rule):
    """The groups named by ``path`` are numbered 1, 2, 3 … in their order within each parent."""

    source = f"{WCO}, element 006 (sequence number)"

    def check(self, root: Place, context: RuleContext) -> Iterator[Finding]:
        above, _, name = self.path.rpartition("/")
        for parent in root.find(above) if above else [root]:
            for place in parent.children(name):
                number = place.value.SequenceNumeric
                if number is not None and number != place.position:
                    yield Finding(
                        place.at("SequenceNumeric"), {"expected": place.position},
                        (str(place.position),),
                    )
                    break  # the rest only follows from the first


FEW = 20


def few(list_name: str) -> tuple[str, ...]:
    """The codes of a list, if they are few enough to be told."""
    found = codelists.codes(list_name)
    return tuple(found) if len(found) <= FEW else ()


def known(list_name: str, code: str, context: RuleContext) -> bool:
    return codelists.is_valid(list_name, code, on=context.today)


def items(root: Place) -> list[Place]:
    return list(root.find("GoodsShipment/GovernmentAgencyGoodsItem"))


def hs_code(item: Place) -> str:
    """The commodity code of an item; empty if it has none."""
    return item.get("Commodity/Classification/ID") or ""


def documents(root: Place) -> Iterator[Place]:
    """Every document, of the whole declaration and of each item."""
    yield from root.find("AdditionalDocument")
    yield from root.find("GoodsShipment/GovernmentAgencyGoodsItem/AdditionalDocument")
