"""How a sender must behave when the receiver is slow, busy, broken, cut off, or wrong.

docs/exchange.md, "What the sender does with an answer": each case is played to one message that the
partner sends, and judged by what came about that message afterwards.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from exchange.conformance.listening import Act, Heard, Listener, Pace, Seen
from exchange.conformance.trial import Failed, Result, Unclear, Verdict

_SECTION = "What the sender does with an answer"
# Where the rules stand that its cases cite.
SECTIONS = (_SECTION, "What the receiver does", "The signature")
# Back-off: 2 s, doubling, of which at least half is waited.
_FIRST_WAIT = 1.0
# What clocks and threads may take off a wait that was kept.
_TOLERANCE = 0.1
_LOOKED = 0.05

Judge = Callable[[Heard, Pace], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """What is played to one message, and what must be seen then."""

    name: str
    acts: tuple[Act, ...]
    expected: str
    why: str
    judges: tuple[Judge, ...]


# --- what may be seen ------------------------------------------------------------------------
def once(heard: Heard, pace: Pace) -> None:
    if len(heard.seen) != 1:
        raise Failed("it called again about a message that had its receipt, or while it waited")


def sent_once(heard: Heard, pace: Pace) -> None:
    if [seen.method for seen in heard.seen].count("POST") != 1:
        raise Failed("it sent a message again that had arrived")


def asked_first(heard: Heard, pace: Pace) -> None:
    if _next(heard).method != "GET":
        raise Failed("it did not ask before it sent again")


def sent_again(heard: Heard, pace: Pace) -> None:
    if [seen.method for seen in heard.seen].count("POST") < 2:
        raise Failed("it did not send the message again, which had not arrived")


def not_sent_unasked(heard: Heard, pace: Pace) -> None:
    """Nothing said that it has not arrived: it may ask again or wait for its people, not send."""
    if [seen.method for seen in heard.seen[:3]].count("POST") != 1:
        raise Failed("it sent the message again, though nothing said that it had not arrived")


def waited(heard: Heard, pace: Pace) -> None:
    """Each pause after a failure is at least half of 2 s, 4 s, 8 s …"""
    for tries, (before, after) in enumerate(zip(heard.seen, heard.seen[1:], strict=False)):
        # After an answer to a question it may go on at once.
        if before.method == "POST":
            _paused(before.answered, after.at, _FIRST_WAIT * 2 ** tries)


def waited_as_told(heard: Heard, pace: Pace) -> None:
    _paused(heard.seen[0].answered, _next(heard).at, pace.retry_after)


def _paused(since: float | None, until: float, seconds: float) -> None:
    if since is None or until - since < seconds - _TOLERANCE:
        shown = "at once" if since is None else f"after {until - since:.1f} s"
        raise Failed(f"it came back {shown}, {seconds:g} s are the least")


def _next(heard: Heard) -> Seen:
    if len(heard.seen) < 2:
        raise Failed("it did not come back")
    return heard.seen[1]


SCENES = (
    Scene("sender-slow-answer", (Act.SLOW,), "one call, which waits for its answer",
          "An answer within 20 seconds is in time: whoever hurries sends twice.", (once,)),
    Scene("sender-busy", (Act.BUSY,), "a pause of at least Retry-After, then the message again",
          "A receiver that is busy must not be pressed.", (waited_as_told, sent_again)),
    Scene("sender-lost-receipt", (Act.LOSE,), "a pause, then GET; the message is not sent again",
          "It has arrived, and only the proof was lost.", (asked_first, waited, sent_once)),
    Scene("sender-partition", (Act.CUT,), "a pause, then GET, then the same message again",
          "After a cut the outcome is unknown: who asks, sends neither twice nor never.",
          (asked_first, waited, sent_again)),
    Scene("sender-server-error", (Act.FAIL,), "a pause, then GET; the message is not sent again",
          "It may have been taken in before something broke.", (asked_first, waited, sent_once)),
    Scene("sender-wrong-receipt", (Act.LIE,), "GET; the message is not sent again",
          "A receipt that does not verify is none: the sender asks for a good one.",
          (asked_first, sent_once)),
    Scene("sender-forged-receipt", (Act.FORGE,), "GET; the message is not sent again",
          "What names our key and was signed by another proves nothing.", (asked_first, sent_once)),
    Scene("sender-no-receipt", (Act.NO_RECEIPT,), "GET; the message is not sent again",
          "A status alone is no proof.", (asked_first, sent_once)),
    Scene("sender-repeat", (Act.REPEAT,), "no further call",
          "200 means that it was here before: its receipt is as good.", (once,)),
    Scene("sender-replayed", (Act.COPIED,), "GET, then the same message again",
          "Somebody's copy may have come first: the sender asks, and sends only if it is absent.",
          (asked_first, sent_again)),
    Scene("sender-misled", (Act.MISLEAD,), "a pause, then GET; the message is not sent again on a "
          "404 without the code message-unknown",
          "Whoever answers so may be a server in front that knows nothing.",
          (asked_first, waited, not_sent_unasked)),
    Scene("sender-refused", (Act.REFUSE,), "no further call: the message is parked",
          "What the partner will not take as it is helps nobody when it comes again.", (once,)),
    Scene("sender-backs-off", (Act.BUSY_PLAIN, Act.BUSY_PLAIN),
          "pauses of at least 1 s and 2 s, then the message again",
          "Back-off is exponential: 2 s doubling, of which a random half is waited.",
          (waited, sent_again)),
    Scene("sender-redirected", (Act.REDIRECT,), "no further call: the message is parked",
          "Who follows a redirect sends a declaration to an address that nobody agreed.", (once,)),
)


# --- the trial of a sender ---------------------------------------------------------------------
def plans() -> list[tuple[Act, ...]]:
    return [scene.acts for scene in SCENES]


def watch(listener: Listener, seconds: float, told: Callable[[Result], None]) -> list[Result]:
    """Play every scene as messages come, for at most so long; then judge."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not listener.is_done():
        time.sleep(_LOOKED)
    heard = list(listener.heard.values())
    results = [
        _judged(scene, heard[at] if at < len(heard) else None, listener.pace)
        for at, scene in enumerate(SCENES)
    ]
    results += [_kept_order(listener), _was_authentic(listener)]
    for result in results:
        told(result)
    return results


def _judged(scene: Scene, heard: Heard | None, pace: Pace) -> Result:
    came: list[str] = [] if heard is None else [str(seen) for seen in heard.seen]
    verdict = Verdict.PASS
    try:
        if heard is None:
            raise Unclear("no message came to play it to")
        if heard.settled is None:
            raise Unclear("the time was over before the message had its receipt")
        for judge in scene.judges:
            judge(heard, pace)
    except Unclear as reason:
        verdict = Verdict.INCONCLUSIVE
        came.append(str(reason))
    except Failed as fault:
        verdict = Verdict.FAIL
        came.append(str(fault))
    acts = "; ".join(scene.acts)
    return Result(scene.name, _SECTION, f"to a message: {acts}", scene.expected, scene.why,
                  "; ".join(came), verdict, _milliseconds(heard))


def _kept_order(listener: Listener) -> Result:
    """No position is sent before the one before it has been confirmed."""
    movements: dict[str, list[Heard]] = defaultdict(list)
    for heard in listener.heard.values():
        movements[heard.movement].append(heard)
    pairs = [
        (before, after) for listed in movements.values() for before in listed for after in listed
        if before.position + 1 == after.position
    ]
    early = [after.id for before, after in pairs
             if before.settled is None or after.seen[0].at < before.settled - _TOLERANCE]
    verdict = Verdict.FAIL if early else Verdict.PASS if pairs else Verdict.INCONCLUSIVE
    came = f"{len(pairs)} messages came after another of their movement" + (
        f"; too early: {', '.join(early)}" if early else "")
    return Result(
        "sender-order", "What the receiver does", "nothing of its own: seen in all the above",
        "position 2 is sent once position 1 is confirmed, never before",
        "A release must not overtake the acceptance that it belongs to.", came, verdict, 0,
    )


def _was_authentic(listener: Listener) -> Result:
    faults = listener.wrong + [f"called {path}" for path in listener.strayed]
    count = sum(len(heard.seen) for heard in listener.heard.values())
    verdict = Verdict.FAIL if faults else Verdict.PASS if count else Verdict.INCONCLUSIVE
    came = "; ".join([f"{count} calls signed as they must be", *dict.fromkeys(faults)])
    return Result(
        "sender-signatures", "The signature", "nothing of its own: seen in all the above",
        "every call is signed anew, with a nonce of its own; an id has the same bytes and place",
        "What is sent again is the same message, and no copy of the same request.", came, verdict, 0,
    )


def _milliseconds(heard: Heard | None) -> int:
    if heard is None or heard.settled is None:
        return 0
    return int((heard.settled - heard.seen[0].at) * 1000)
