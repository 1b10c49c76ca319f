"""When a signature was made and how long it lives, against clocks that differ as far as agreed."""

from exchange.conformance.messages import Signing
from exchange.conformance.trial import Failed, Trial, Unclear, case

# The oldest that a signature may be, and the longest that it may live.
_AGE = 300
# Clocks that differ by more (s) do not let the bound be tried to the second.
_CLOSE = 0.5


def _refused(trial: Trial, how: Signing, *codes: str) -> None:
    message = trial.message()
    trial.refused(trial.request(message, how), 401, *codes, leaves=message.id)


def _skew(trial: Trial) -> int:
    return int(trial.skew.total_seconds())


@case("The signature", "created one second less ahead than clocks may differ (59 s), and as long "
      "ago as is just allowed", "201 each time",
      "Clocks differ: within the bound a message is as good as any.")
def clock_within_bound(trial: Trial) -> None:
    for age in (1 - _skew(trial), _AGE + _skew(trial) - 5):
        request = trial.request(trial.message(), Signing(age=age, life=_AGE))
        try:
            trial.taken(request)
        except Failed:
            apart = abs(trial.clock_apart().total_seconds())
            if apart >= _CLOSE:
                words = f"our clocks differ by {apart:.1f} s: too much to try the bound"
                raise Unclear(words) from None
            raise


@case("The signature", "created a minute further ahead than clocks may differ, and ten minutes ahead",
      "401 signature-from-future, each time",
      "created is at most as far after the receiver's clock as was agreed, 60 s if nothing was.")
def created_in_the_future(trial: Trial) -> None:
    for ahead in (_skew(trial) + 60, 600):
        _refused(trial, Signing(age=-ahead), "signature-from-future")


@case("The signature", "created an hour ago, expired since",
      "401 signature-too-old or signature-expired",
      "created is at most 5 minutes old, and what clocks may differ.")
def created_long_ago(trial: Trial) -> None:
    _refused(trial, Signing(age=3600), "signature-too-old", "signature-expired")


@case("The signature", "created for one minute, which ended half a minute before clocks may differ",
      "401 signature-expired", "expires must not be past, but for what clocks may differ.")
def expired(trial: Trial) -> None:
    _refused(trial, Signing(age=60 + _skew(trial) + 30, life=60), "signature-expired")


@case("The signature", "created now, for 15 minutes; and expired a second before it was created",
      "401 signature-malformed, each time", "expires follows created by at most 5 minutes.")
def lives_too_long(trial: Trial) -> None:
    for life in (900, -1):
        _refused(trial, Signing(life=life), "signature-malformed")
