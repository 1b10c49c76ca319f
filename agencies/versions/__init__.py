"""Rules kept in versions: written as a draft, tried, published with four eyes, then never changed.

Routing rule sets and risk profiles are both kept so. ``models`` says what is stored, ``shelf`` is
what can be done.
"""
