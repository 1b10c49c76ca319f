"""What a business rule is: a code, a place, a message, a source, and one pure question."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from declarations import codelists
from declarations.rules.context import Params as Params
from declarations.rules.context import PermitProblem as PermitProblem
from declarations.rules.layout import everywhere
from declarations.rules.places import Place
from declarations.rules.survey import ITEM as ITEM
from declarations.rules.survey import Survey as Survey
from declarations.wco import MessageKind, Severity

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

DOCUMENTS = ("AdditionalDocument", f"{ITEM}/AdditionalDocument")
"""Where documents are named: for the whole declaration, and for each item."""

GOOD: Params | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a rule is broken, and the words that its message needs."""

    place: Place
    params: Params = field(default_factory=dict)
    allowed: tuple[str, ...] = ()


class Rule:
    """One rule, asked once of the whole declaration.

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
    needs: ClassVar[str] = ""
    """A path without which the rule has nothing to say, and is not asked."""
    severity: ClassVar[Severity] = ERROR
    kinds: ClassVar[frozenset[MessageKind]] = TRADE

    def check(self, survey: Survey) -> Iterator[Finding]:
        raise NotImplementedError

    def allowed(self, survey: Survey) -> tuple[str, ...]:
        """The values that would be right, where they are few."""
        return ()


class Each(Rule):
    """A rule that asks the same of every value at ``path``.

    ``looks``: the paths that it looks at, where that is not ``path``. ``points``: the element of a
    group that the fault is at, where it is not the group itself.
    """

    looks: ClassVar[tuple[str, ...]] = ()
    points: ClassVar[str] = ""

    def at(self, value: Any, survey: Survey) -> Params | None:
        """The message's params if the rule is broken by this value, otherwise None (``GOOD``)."""
        raise NotImplementedError

    def paths(self) -> tuple[str, ...]:
        """The paths it looks at; ``**`` first stands for any groups above."""
        if not self.looks and self.path.startswith("**/"):
            return everywhere(self.path.removeprefix("**/"))
        return self.looks or (self.path,)

    def check(self, survey: Survey) -> Iterator[Finding]:
        for path in self.paths():
            yield from self.judge(path, survey.values(path), survey)

    def judge(self, path: str, values: Sequence[Any], survey: Survey) -> Sequence[Finding]:
        """The findings among the values at one path."""
        found = []
        for position, value in enumerate(values):
            params = self.at(value, survey)
            if params is not None:
                place = survey.place(path, position)
                place = place.at(self.points) if self.points else place
                found.append(Finding(place, params, self.allowed(survey)))
        return found


class KnownCode(Each):
    """The code at ``path`` stands in ``code_list`` and was in force on the day of filing."""

    code_list: ClassVar[str]

    def at(self, value: Any, survey: Survey) -> Params | None:
        return GOOD if survey.knows(self.code_list, value) else {}

    def allowed(self, survey: Survey) -> tuple[str, ...]:
        return few(self.code_list)


class Numbered(Each):
    """The groups named by ``path`` are numbered 1, 2, 3 … in their order within each parent."""

    source = f"{WCO}, element 006 (sequence number)"

    def judge(self, path: str, values: Sequence[Any], survey: Survey) -> Sequence[Finding]:
        above, _, name = path.rpartition("/")
        found = []
        for of, parent in enumerate(survey.values(above)):
            for position, group in enumerate(getattr(parent, name), start=1):
                number = group.SequenceNumeric
                if number is not None and number != position:
                    place = survey.place(above, of).children(name)[position - 1]
                    found.append(Finding(
                        place.at("SequenceNumeric"), {"expected": position}, (str(position),)
                    ))
                    break  # the rest only follows from the first
        return found


FEW = 20


def few(list_name: str) -> tuple[str, ...]:
    """The codes of a list, if they are few enough to be told."""
    found = codelists.codes(list_name)
    return tuple(found) if len(found) <= FEW else ()
