"""Facts of an item that follow from other facts of it: value per kilogram, packing and so on. Pure.

Each is made from whole columns, so that what has been read for another rule is not read again.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal

from agencies.conditions import Number

Numbers = tuple[Number, ...]

_PLACES = Decimal("0.0001")
# A price by a millionth of a gram has more digits than Decimal usually keeps.
_WIDE = Context(prec=80)


def _ratio(whole: Decimal, part: Decimal) -> Decimal:
    """To four places: exact enough to compare, short enough to read."""
    return _WIDE.quantize(whole / part, _PLACES)


def value_per_kg(values: Numbers, net: Numbers, gross: Numbers) -> Numbers:
    """By the net mass, else by the gross mass; nothing where the item has neither."""
    mass = net[0].value if net else None
    if not mass:
        mass = gross[0].value if gross else None
    if not mass:
        return ()
    return tuple([Number(_ratio(amount.value, mass), amount.unit) for amount in values])


def mass_per_package(gross: Numbers, packages: Numbers) -> Numbers:
    """Gross kilograms by the number of packages."""
    if not gross or not packages or not packages[0].value:
        return ()
    return (Number(_ratio(gross[0].value, packages[0].value), "KGM"),)


def packing_share(gross: Numbers, net: Numbers) -> Numbers:
    """Percent of the gross mass that is not net mass."""
    if not gross or not net or not gross[0].value:
        return ()
    whole = gross[0].value
    return (Number(_ratio(100 * (whole - net[0].value), whole)),)


# The columns that each is made from, in the order of its arguments.
RATIOS: dict[str, tuple[tuple[str, ...], Callable[..., Numbers]]] = {
    "value_per_kg": (("value", "net_mass", "gross_mass"), value_per_kg),
    "mass_per_package": (("gross_mass", "packages"), mass_per_package),
    "packing_share": (("gross_mass", "net_mass"), packing_share),
}
