"""Numbers by which one consignment is known again, in whatever declaration and country. Pure."""

# UNTDID 1001: documents that go with one consignment. A manifest (785) lists many.
TRANSPORT_DOCUMENTS = frozenset({
    "703", "704", "705", "714", "720", "722", "730", "740", "741", "750", "760", "952",
})
# Shorter numbers are not unique to anything.
SHORTEST = 5


def compact(number: str | None) -> str:
    """``CMR AZ 0098-214`` and ``cmraz0098214`` are one number."""
    return "".join(filter(str.isalnum, number or "")).upper()
