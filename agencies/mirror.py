"""What a neighbour's export declaration says of an import, as rules may compare it.

Who knows it is named by ``settings.MIRROR_REGISTER``: the exchange, which this room does not know.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Protocol, Self

from django.conf import settings
from django.utils.module_loading import import_string

from declarations import wco
from declarations.models import Declaration
from declarations.states import Kind


@dataclass(frozen=True, slots=True)
class Mirror:
    """``found``: "agrees", or what differs beyond the tolerances (value, currency, gross_mass,
    net_mass, quantity, packages, commodity, container); empty where no export is known. The others:
    how many percent more (less, if negative) is declared than left, where that is beyond them; of
    several the farthest."""

    found: tuple[str, ...] = ()
    value: Decimal | None = None
    mass: Decimal | None = None
    quantity: Decimal | None = None
    packages: Decimal | None = None

    def as_data(self) -> dict[str, Any]:
        """Plain JSON; nothing where no export is known."""
        if not self.found:
            return {}
        data = {name: value for name, value in asdict(self).items() if value is not None}
        return {name: list(value) if name == "found" else str(value)
                for name, value in data.items()}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        numbers = {name: Decimal(value) for name, value in data.items() if name != "found"}
        return cls(tuple(data.get("found", ())), **numbers)


NO_MIRROR = Mirror()


class MirrorRegister(Protocol):
    def __call__(self, declaration: Declaration, dataset: wco.Declaration) -> Mirror: ...


def mirror_of(declaration: Declaration, dataset: wco.Declaration) -> Mirror:
    """What is known now; it is not kept."""
    if declaration.kind != Kind.IMPORT or not settings.MIRROR_REGISTER:
        return NO_MIRROR
    register: MirrorRegister = import_string(settings.MIRROR_REGISTER)
    return register(declaration, dataset)
