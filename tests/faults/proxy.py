"""A line between two portals that fails as it is told: one HTTP call per connection, cut at a byte,
slowed, dripped, answered by somebody else, swallowed, or not taken at all.

A call is read whole before it is passed on, so that every boundary in it is known and a cut falls on
the very byte that was meant. Which faults come in which order depends on the seed alone.
"""

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections import Counter, deque
from collections.abc import Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# A reset instead of an orderly end.
_LINGER = struct.pack("ii", 1, 0)


class Fault(StrEnum):
    NONE = "none"
    # Nothing, or less than the whole, of the request gets through.
    CUT_BEFORE_HEAD = "cut before the head"
    CUT_IN_HEAD = "cut within the head"
    CUT_BEFORE_BODY = "cut between head and body"
    CUT_IN_BODY = "cut within the body"
    CUT_IN_LAST_BYTE = "cut before the body's last byte"
    # The request gets through, its answer does not.
    CUT_BEFORE_ANSWER = "cut between body and answer"
    CUT_IN_ANSWER_HEAD = "cut within the answer's head"
    CUT_BEFORE_RECEIPT = "cut between the answer's head and its receipt"
    CUT_IN_RECEIPT = "cut within the receipt"
    CUT_IN_LAST_OF_RECEIPT = "cut before the receipt's last byte"
    # Everything gets through, slowly.
    DELAY = "delay"
    DRIP = "drip"
    # Somebody in between answers.
    ERROR_INSTEAD = "5xx, not passed on"
    ERROR_AFTER = "5xx, passed on"
    BUSY = "503, not passed on"
    BLACK_HOLE = "black hole"


CUTS = [fault for fault in Fault if fault.value.startswith("cut")]
# Those after which the sender cannot know whether its message arrived.
UNCLEAR = {*CUTS, Fault.ERROR_INSTEAD, Fault.ERROR_AFTER, Fault.BLACK_HOLE}


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it came, and what was done to it. ``passed``: the receiver got all of it."""

    method: str
    message: str
    fault: Fault
    passed: bool


class Proxy:
    """Listens on a port of its own; one thread for all. ``share`` of the calls meets a fault.

    What is put into ``script`` happens first, in order; a call without one is left to chance.
    ``hold`` stops the next POST at a point until ``release``.
    """

    def __init__(self, upstream: int, seed: str, share: float = 0.0, *,
                 faults: tuple[Fault, ...] = tuple(Fault), patience: float = 30.0) -> None:
        self.upstream, self.share, self.patience = upstream, share, patience
        self.seed, self.number = seed, 0
        self.faults = faults
        self.script: deque[Fault] = deque()
        self.calls: list[Call] = []
        self.held_at: Fault | None = None
        self.held, self._released = threading.Event(), asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.up()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def met(self) -> Counter[Fault]:
        return Counter(call.fault for call in self.calls)

    def asked_before_sent_again(self) -> bool:
        """Whether each message whose fate was unclear was asked about before it came again."""
        unclear: set[str] = set()
        for call in self.calls:
            if call.method == "GET":
                unclear.discard(call.message)
            elif call.message in unclear:
                return False
            elif call.fault in UNCLEAR:
                unclear.add(call.message)
        return True

    # --- told by the test ----------------------------------------------------------------
    def up(self) -> None:
        self._run(self._listen())

    def down(self) -> None:
        """Refuse connections and end those that are open, as when the other side is switched off."""
        self._run(self._stop())

    def stop(self) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def hold(self, at: Fault) -> None:
        """Stop the next POST where that cut would fall; ``held`` is set once it stands."""
        self.held.clear()
        self._released.clear()
        self.held_at = at

    def release(self) -> None:
        self._loop.call_soon_threadsafe(self._released.set)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    # --- on the line ---------------------------------------------------------------------
    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(
                self._serve, "localhost", self.port, reuse_address=True
            )

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in list(self._open):
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
                await self._call(reader, writer)
        finally:
            self._open.discard(task)
            await _end(writer, reset=True)

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, body = await _read(reader)
        line = head.split(b"\r\n", 1)[0].decode()
        method = line.split()[0]
        # Drawn for this call alone: what others do at the same time changes nothing.
        chance = random.Random(f"{self.seed} {self.number}")
        self.number += 1
        held, fault = None, Fault.NONE
        if self.held_at is not None and method == "POST":
            held, self.held_at = self.held_at, None
        else:
            fault = self._next(chance)
        kept = _kept_of_request(held or fault, head, body, chance)
        passed = kept == len(head) + len(body)
        if fault in (Fault.BLACK_HOLE, Fault.ERROR_INSTEAD, Fault.BUSY):
            kept, passed = 0, False
        self.calls.append(Call(method, _message(line, head), held or fault, passed))
        reset = chance.random() < 0.5
        if fault is Fault.BLACK_HOLE:
            await asyncio.wait_for(reader.read(), self.patience)
        elif fault in (Fault.ERROR_INSTEAD, Fault.BUSY):
            await _say(writer, 503 if fault is Fault.BUSY else 502)
        else:
            if fault is Fault.DELAY:
                await asyncio.sleep(chance.uniform(0.05, 0.5))
            await self._pass_on(fault, held, (head + body)[:kept], passed, reset, chance, writer)

    async def _pass_on(self, fault: Fault, held: Fault | None, request: bytes, passed: bool,
                       reset: bool, chance: random.Random, writer: asyncio.StreamWriter) -> None:
        if not request and held is None:
            return await _end(writer, reset)
        there, to = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            await _write(to, request, drip=fault is Fault.DRIP)
            if not passed:
                await self._stand(held)
                return await _end(writer, reset)
            if fault is Fault.CUT_BEFORE_ANSWER:
                # The receiver is at work on it, and finds nobody to answer to.
                return await _end(writer, reset)
            answer_head, answer = await _read(there)
            if held is not None:
                return await self._stand(held)
            if fault is Fault.ERROR_AFTER:
                return await _say(writer, 500)
            kept = _kept_of_answer(fault, answer_head, answer, chance)
            await _write(writer, (answer_head + answer)[:kept], drip=fault is Fault.DRIP)
            await _end(writer, reset and kept < len(answer_head) + len(answer))
        finally:
            await _end(to, reset and not passed)

    async def _stand(self, held: Fault | None) -> None:
        if held is not None:
            self.held.set()
            await asyncio.wait_for(self._released.wait(), self.patience)

    def _next(self, chance: random.Random) -> Fault:
        if self.script:
            return self.script.popleft()
        if chance.random() < self.share:
            return chance.choice(self.faults)
        return Fault.NONE


def _kept_of_request(fault: Fault, head: bytes, body: bytes, chance: random.Random) -> int:
    """How many bytes of the request get through."""
    whole = len(head) + len(body)
    match fault:
        case Fault.CUT_BEFORE_HEAD:
            return 0
        case Fault.CUT_IN_HEAD:
            return chance.randrange(1, len(head))
        case Fault.CUT_BEFORE_BODY:
            return len(head) if body else len(head) - 1
        case Fault.CUT_IN_BODY:
            return chance.randrange(len(head) + 1, whole) if body else len(head) - 2
        case Fault.CUT_IN_LAST_BYTE:
            return whole - 1
    return whole


def _kept_of_answer(fault: Fault, head: bytes, body: bytes, chance: random.Random) -> int:
    """How many bytes of the answer get through."""
    whole = len(head) + len(body)
    match fault:
        case Fault.CUT_IN_ANSWER_HEAD:
            return chance.randrange(1, len(head))
        case Fault.CUT_BEFORE_RECEIPT:
            return len(head)
        case Fault.CUT_IN_RECEIPT:
            return chance.randrange(len(head) + 1, whole)
        case Fault.CUT_IN_LAST_OF_RECEIPT:
            return whole - 1
    return whole


async def _read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head with its empty line, and body by its announced length."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = _field(head, b"content-length")
    return head, await reader.readexactly(int(length or b"0"))


async def _write(writer: asyncio.StreamWriter, data: bytes, drip: bool) -> None:
    step = max(len(data) // 8, 1) if drip else max(len(data), 1)
    for at in range(0, len(data), step):
        writer.write(data[at:at + step])
        await writer.drain()
        if drip:
            await asyncio.sleep(0.03)


async def _say(writer: asyncio.StreamWriter, status: int) -> None:
    """What a proxy of somebody's says when it reaches nobody."""
    writer.write(b"HTTP/1.1 %d Trouble\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status)
    await writer.drain()
    await _end(writer, reset=False)


async def _end(writer: asyncio.StreamWriter, reset: bool) -> None:
    if writer.transport.is_closing():
        return
    if reset:
        line = writer.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
    writer.close()


def _field(head: bytes, name: bytes) -> bytes:
    for line in head.split(b"\r\n")[1:]:
        found, _colon, value = line.partition(b":")
        if found.strip().lower() == name:
            return value.strip()
    return b""


def _message(line: str, head: bytes) -> str:
    """The id of the message that is sent or asked about."""
    return _field(head, b"message-id").decode() or line.split()[1].rpartition("/")[2]
