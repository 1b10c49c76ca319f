"""What a rule may know beside the message: nothing that changes while it looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from declarations.wco import Declaration

Params = Mapping[str, Any]


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
    """``country``: the portal's (ISO 3166). ``today``: the date of filing, in the portal's time zone.
    ``declarant_id``: the identifier of the organisation that files; None when it is not known.
    ``permits``: what the agencies have granted; None where there is no register to ask.
    """

    country: str
    today: date
    declarant_id: str | None = None
    permits: PermitRegister | None = None
