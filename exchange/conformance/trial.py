"""The trial: which cases there are, the endpoint that they are put to, and how each is judged."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib import import_module
from typing import Any
from uuid import UUID

from exchange.conformance import messages, wire
from exchange.conformance.messages import Identity, Message, Signing
from exchange.conformance.proof import SKEW, NotProven, TrustedKey, moment_of, prove
from exchange.conformance.wire import NoAnswer, Reply, Request

# Answers that say nothing about the request: come back later.
_LATER = (408, 425, 429, 503)


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


class Failed(Exception):
    """The endpoint does not keep the protocol; the message says what came instead."""


class Unclear(Exception):
    """Nothing can be said; the message says why."""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that the protocol demands: what is sent, what must come, and where that stands."""

    name: str
    section: str
    sent: str
    expected: str
    why: str
    run: Callable[["Trial"], None]
    applies: Callable[["Trial"], bool]


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    section: str
    sent: str
    expected: str
    why: str
    came: str
    verdict: Verdict
    milliseconds: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Trial:
    """The endpoint under trial, who tries it, and what came of it so far."""

    base: str
    country: str
    who: Identity
    keys: Mapping[str, TrustedKey]
    foreign: UUID | None = None  # a message that somebody else sent to this partner
    # What was agreed with it: a kind of declaration that it takes, one that it does not, whether
    # messages may be compressed, how far clocks may differ.
    kind: str = "released"
    other_kind: str = ""
    gzip: bool = False
    skew: timedelta = SKEW
    # Over how many seconds a slow body is sent.
    slowly: float = 3.0
    came: list[str] = field(default_factory=list)
    refusals: list[Reply] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    good: tuple[Message, str] | None = None  # the first message taken in, and its receipt
    good_between: tuple[datetime, datetime] | None = None  # when it was sent and answered

    # --- sending ------------------------------------------------------------------------
    def message(self, body: bytes | None = None, **place: Any) -> Message:
        """A new message of a movement of its own."""
        body = messages.declaration(self.who.country) if body is None else body
        return Message(body, **{"kind": self.kind, **place})

    def request(self, message: Message, how: Signing | None = None,
                who: Identity | None = None) -> Request:
        return messages.posted(self.base, message, who or self.who, how)

    def send(self, request: Request, **how: Any) -> Reply:
        """One answer, noted. Raises Unclear where there is none, or one that puts us off."""
        try:
            reply = wire.call(request, **how)
        except NoAnswer as problem:
            self.came.append(f"no answer ({problem})")
            raise Unclear("there is no answer") from problem
        self.came.append(str(reply))
        self.seconds.append(reply.seconds)
        if reply.status in _LATER:
            raise Unclear("the endpoint asks to come back later")
        return reply

    def ask(self, message_id: UUID) -> Reply:
        return self.send(messages.asked(self.base, message_id, self.who))

    # --- judging ------------------------------------------------------------------------
    def taken(self, request: Request, *statuses: int) -> str:
        """The receipt, unverified, of a message that must be taken in."""
        return self.taken_from(self.send(request), *(statuses or (201,)))

    def taken_from(self, reply: Reply, *statuses: int) -> str:
        if reply.status not in statuses:
            raise Failed(f"it is not taken in: {_words(reply)}")
        if not reply.receipt:
            raise Failed("the answer carries no receipt")
        return reply.receipt

    def refused(self, request: Request, status: int, *codes: str,
                leaves: UUID | None = None) -> Reply:
        """The answer to a request that must be refused so; ``leaves`` names what must not remain."""
        reply = self.send(request)
        self.note_refusal(reply, status, *codes)
        if leaves is not None:
            self.absent(leaves)
        return reply

    def note_refusal(self, reply: Reply, status: int, *codes: str) -> None:
        if reply.status < 400:
            raise Failed(f"it is not refused: {reply}")
        self.refusals.append(reply)
        if (reply.status, reply.code in codes) != (status, True):
            raise Failed(f"refused otherwise: {_words(reply)}")

    def absent(self, message_id: UUID) -> None:
        """Whatever is refused leaves nothing behind."""
        reply = self.ask(message_id)
        if (reply.status, reply.code) != (404, "message-unknown"):
            raise Failed(f"asked afterwards, it does not deny the message: {_words(reply)}")

    def proven(self, receipt: str, message: Message, sent_at: datetime) -> None:
        try:
            key_id = prove(
                receipt, message, self.who.country, self.country, self.keys, sent_at, self.skew
            )
        except NotProven as problem:
            raise Failed(f"the receipt proves nothing: {problem}") from problem
        self.came.append(f"receipt verified with key {key_id}")

    def clock_apart(self) -> timedelta:
        """How far the partner's clock is from ours (negative: behind), as its first receipt
        shows."""
        if self.good is None or self.good_between is None:
            return timedelta()
        try:
            moment = moment_of(self.good[1])
        except NotProven:
            return timedelta()
        sent, answered = self.good_between
        return min(moment - sent, timedelta()) or max(moment - answered, timedelta())

    def taken_before(self) -> tuple[Message, str]:
        """The first good message and its receipt. Raises Unclear if there is none."""
        if self.good is None:
            raise Unclear("no good message was taken in")
        return self.good


# The modules that hold the cases, in the order in which they are put.
_ORDER = (
    "arriving", "authenticity", "clocks", "repeating", "asking", "content", "compression", "effectless",
    "answering",
)
_CASES: dict[str, list[Case]] = {name: [] for name in _ORDER}


def always(trial: Trial) -> bool:
    return True


def case(
    section: str, sent: str, expected: str, why: str, applies: Callable[[Trial], bool] = always
) -> Callable[..., Callable]:
    """Make a function a case; its name is the function's. ``applies``: by what was agreed."""

    def register(run: Callable[[Trial], None]) -> Callable[[Trial], None]:
        name = run.__name__.replace("_", "-")
        module = run.__module__.rpartition(".")[2]
        _CASES[module].append(Case(name, section, sent, expected, why, run, applies))
        return run

    return register


def cases() -> list[Case]:
    """All of them, in the order in which they are put."""
    for name in _ORDER:
        import_module(f"exchange.conformance.{name}")
    return [each for listed in _CASES.values() for each in listed]


def run(trial: Trial, told: Callable[[Result], None] = lambda result: None) -> list[Result]:
    """Put every case that applies to the endpoint; each result is told as it comes."""
    results: list[Result] = []
    for each in cases():
        if not each.applies(trial):
            continue
        trial.came = []
        begun = time.monotonic()
        verdict = Verdict.PASS
        try:
            each.run(trial)
        except Unclear as reason:
            verdict = Verdict.INCONCLUSIVE
            trial.came.append(str(reason))
        except Failed as fault:
            # To whom no good message is good, a bad one proves nothing by being refused otherwise.
            told_apart = trial.good is not None or not results
            verdict = Verdict.FAIL if told_apart else Verdict.INCONCLUSIVE
            trial.came.append(str(fault))
        results.append(Result(
            each.name, each.section, each.sent, each.expected, each.why, "; ".join(trial.came),
            verdict, int((time.monotonic() - begun) * 1000),
        ))
        told(results[-1])
    return results


def now() -> datetime:
    return datetime.now(UTC)


def _words(reply: Reply) -> str:
    detail = str(reply.document.get("detail", ""))
    return f"{reply}: {detail[:200]}" if detail else str(reply)
