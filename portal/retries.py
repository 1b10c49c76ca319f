"""How long to wait before trying again."""

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class BackOff:
    """Pauses that double from ``first`` up to ``last``.

    Half of each is random, lest all that failed together come back together.
    """

    first: timedelta
    last: timedelta

    def __call__(self, attempts: int) -> timedelta:
        """The pause after so many attempts; the first pause for 0 and 1."""
        longest = min(self.first * 2 ** min(max(attempts, 1) - 1, 20), self.last)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, protects nothing
