"""Converting a quantity into a permit's unit, only where that is exact."""

from decimal import Decimal

# UN/ECE Recommendation 20; within a group, how many of the smallest.
_GROUPS: tuple[dict[str, Decimal], ...] = (
    {"GRM": Decimal(1), "KGM": Decimal(1000), "DTN": Decimal(100_000), "TNE": Decimal(1_000_000)},
    {"MLT": Decimal(1), "LTR": Decimal(1000), "HLT": Decimal(100_000), "MTQ": Decimal(1_000_000)},
)
# Codes that count single pieces alike.
_PIECES = frozenset({"C62", "H87", "NAR", "EA"})
PLACES = Decimal("0.000001")


def convert(value: Decimal, unit: str, wanted: str) -> Decimal | None:
    """``value`` in the unit ``wanted``; None where that would not be exact to six places."""
    if unit != wanted and not {unit, wanted} <= _PIECES:
        group = next((one for one in _GROUPS if unit in one and wanted in one), None)
        if group is None:
            return None
        value = value * group[unit] / group[wanted]
    rounded = value.quantize(PLACES)
    return rounded if rounded == value else None
