"""The pages of "Our organisation": what a manager does for the own organisation."""
