"""Bounds of transit: agreed between partners (docs/transit.md) or our own."""

from datetime import timedelta

# --- agreed between partners ----------------------------------------------------------------
MAX_BYTES = 64 * 1024
MAX_STOPS = 20

# --- our own side ---------------------------------------------------------------------------
# The goods must be presented that long after the last arrival that was declared, or after the
# release where none was.
GRACE = timedelta(days=3)
USUAL_TIME = timedelta(days=8)
# The country of destination has that long to answer an enquiry.
ANSWER_TIME = timedelta(days=28)
# How much of one trader's goods a movement shows.
GOODS_SHOWN = 250
