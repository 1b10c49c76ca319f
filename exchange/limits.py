"""Bounds of the exchange protocol, agreed between partners (docs/exchange.md) or our own."""

from datetime import timedelta

# --- agreed between partners ----------------------------------------------------------------
# How far two clocks may differ, unless partners agree otherwise, and the most they may agree.
CLOCK_SKEW = timedelta(seconds=60)
MAX_CLOCK_SKEW = timedelta(seconds=300)
# How old a signature may be, and the longest life that it may give itself.
MAX_AGE = timedelta(minutes=5)
MAX_MESSAGE_BYTES = 10 * 1024 * 1024
MAX_NONCE = 64
# Position of a message within its movement.
MAX_POSITION = 1_000_000

# --- our own side ---------------------------------------------------------------------------
CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
WRITE_SECONDS = 20.0
# One whole call, slow drips included; shorter than the lease.
CALL_SECONDS = 40.0
# An answer is a receipt or a problem document: more is not read.
MAX_ANSWER_BYTES = 64 * 1024
# A worker that has not reported by then is taken for dead.
LEASE = timedelta(seconds=60)
FIRST_RETRY = timedelta(seconds=2)
LAST_RETRY = timedelta(minutes=15)
# The longest that a partner's Retry-After is obeyed.
MAX_RETRY_AFTER = timedelta(hours=1)
# A message that has not arrived by then is shown to an officer.
LIFE = timedelta(days=3)
# What the operator is warned of.
OLDEST_UNSENT = timedelta(minutes=30)
# How often, and until when, a receipt is asked for that is still missing when sending has ended.
CHASE_EVERY = timedelta(hours=1)
CHASE_FOR = timedelta(days=30)
# Shorter messages gain nothing by compression.
COMPRESSED_FROM_BYTES = 1024
# What was refused at the door: how much is kept of it, and how long, by whether its sender is proven.
REFUSED_PER_MINUTE = 60
REFUSED_KEPT = timedelta(days=90)
REFUSED_UNPROVEN_KEPT = timedelta(days=7)
# A trial that a worker took and is silent about for so long is taken by another, so often at most. Its
# two calls take less.
TRIAL_PATIENCE = timedelta(minutes=3)
TRIAL_TURNS = 3
