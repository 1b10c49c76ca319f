"""Uses of our permits in other countries: reserved and written off on the same balance as at home.

What a use is and what its balance does is known here; how countries tell each other, in the room
above (exchange.permits).
"""
