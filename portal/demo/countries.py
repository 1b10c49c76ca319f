"""The countries that have a portal in the demo."""

from portal.demo.azerbaijan import AZERBAIJAN
from portal.demo.cast import Country
from portal.demo.georgia import GEORGIA
from portal.demo.kazakhstan import KAZAKHSTAN

COUNTRIES = {country.code: country for country in (GEORGIA, AZERBAIJAN, KAZAKHSTAN)}


def country_of(code: str) -> Country:
    """Raises LookupError, in words, for a country that the demo does not have."""
    try:
        return COUNTRIES[code]
    except KeyError:
        known = ", ".join(sorted(COUNTRIES))
        raise LookupError(f"The demo has data for {known}, not for {code}.") from None
