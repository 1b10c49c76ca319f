"""Persian: amounts in groups of three, which Django's own formats leave out.

Digits stay Latin, as in every code, reference and amount of a customs document.
"""

NUMBER_GROUPING = 3
