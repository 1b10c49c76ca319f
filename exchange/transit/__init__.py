"""Transit along a corridor: one movement, seen alike in every country of its itinerary.

NCTS-shaped and no more: the steps and their order are those of the common transit procedure, the
messages are this portal's own (docs/transit.md).
"""
