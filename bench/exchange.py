"""Sustained signed exchange between two portals on one machine: ``python -m bench.exchange``.

The receiver is the real server (gunicorn, two workers) over its own database. The sender is this
process over another: it delivers its outbox with as many threads as a worker would have, each message
signed, sent, answered with a receipt, verified and written down. Then signing, verifying and
receipts are timed alone, over the same bytes, to tell which share of the processors' time on both
sides they are (the database's own is not counted: a busy machine changes the rate, not the share).
Exit code 1 if any message has no verified receipt. ``EXCHANGE_MESSAGES`` and ``EXCHANGE_SECONDS``
bound the run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
MESSAGES = int(os.environ.get("EXCHANGE_MESSAGES", "400"))
SECONDS = float(os.environ.get("EXCHANGE_SECONDS", "60"))
SENDERS = 4
PER_MOVEMENT = 2
ROUNDS = 200
"""How often each cryptographic step is timed alone."""


def main() -> int:
    from bench.__main__ import _free_port, _until
    from portal import embedded

    folder, port = Path(tempfile.mkdtemp(prefix="bench-")), _free_port()
    address = f"http://localhost:{port}"
    os.environ.update(
        DATA_DIR=str(folder), PORTAL_DEMO="1", DJANGO_SETTINGS_MODULE="portal.settings",
        STATIC_ROOT=str(folder / "static"),
    )
    servers = embedded.Servers(folder)
    servers.join()
    receiver: subprocess.Popen[bytes] | None = None
    try:
        nowhere = "http://localhost:1"  # nobody calls the sender
        there = {**os.environ, **servers.environment("az"), "PORTAL_COUNTRY": "AZ",
                 "PORTAL_URL": address, "PEERS": f"GE={nowhere}"}
        here = {**os.environ, **servers.environment("ge"), "PORTAL_COUNTRY": "GE",
                "PORTAL_URL": nowhere, "PEERS": f"AZ={address}"}
        for environment in (here, there):
            _manage("migrate", "-v", "0", environment=environment)
            _manage("shell", "-v", "0", "-c", _SEED, environment=environment)
        os.environ.update(here)
        import django

        django.setup()
        from portal.demo.partners import seed_partners

        seed_partners("GE")  # now that Azerbaijan's key is there as well
        receiver = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}",
             "--workers", "2", "--threads", "4", "--log-level", "error"],
            cwd=PROJECT, env=there,
        )
        _until(lambda: _answers(address))
        return _measure(receiver.pid)
    finally:
        if receiver is not None:
            receiver.terminate()
            receiver.wait(30)
        servers.leave()
        shutil.rmtree(folder, ignore_errors=True)


# Each leaves its key for the other, and registers whomever it finds.
_SEED = (
    "from django.conf import settings; from portal.demo.partners import seed_partners; "
    "seed_partners(settings.PORTAL_COUNTRY)"
)


def _manage(*arguments: str, environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=PROJECT, env=environment,
                   check=True, stdout=subprocess.DEVNULL)


def _answers(address: str) -> bool:
    import httpx

    try:
        return httpx.get(f"{address}/exchange/v1/keys", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def _measure(receiver: int) -> int:
    from exchange import outbox
    from exchange.models import OutboxMessage, OutboxState

    _write(PER_MOVEMENT * SENDERS)
    _deliver_all(outbox.deliver)  # the receiver compiles its schemas once
    body = _write(MESSAGES)
    begun, before = time.perf_counter(), _processor_time(receiver)
    _deliver_all(outbox.deliver)
    took, used = time.perf_counter() - begun, _processor_time(receiver) - before
    sent = OutboxMessage.objects.filter(state=OutboxState.DELIVERED).count() - PER_MOVEMENT * SENDERS
    rate = sent / took
    print(f"Exchange of messages of {len(body)} bytes over loopback, {SENDERS} at a time, two to a "
          "movement")
    print(f"{sent} messages delivered, each receipt verified, in {took:.1f} s: "
          f"{rate:.0f} messages a second")
    steps = _cryptography()
    for name, milliseconds in steps.items():
        print(f"  {name:<42}{milliseconds:>7.2f} ms")
    total, whole = sum(steps.values()), used * 1000 / max(sent, 1)
    print(f"signing and verifying: {total:.2f} of {whole:.1f} ms of processor time a message on both "
          f"sides: {100 * total / whole:.0f} %")
    left = OutboxMessage.objects.exclude(state=OutboxState.DELIVERED).count()
    if left:
        print(f"NOT kept: {left} messages have no verified receipt")
    return 1 if left else 0


def _write(count: int) -> bytes:
    """An outbox of so many messages, as events would have written them; the bytes of one."""
    import hashlib

    from django.utils import timezone

    from exchange.conformance.messages import declaration
    from exchange.limits import LIFE
    from exchange.models import OutboxMessage, Partner
    from portal.identifiers import new_id

    partner, now = Partner.objects.get(country="AZ"), timezone.now()
    written = []
    for _ in range(max(count // PER_MOVEMENT, 1)):
        movement = new_id()
        for position, kind in enumerate(("accepted", "released"), 1):
            body = declaration("GE")
            written.append(OutboxMessage(
                partner=partner, movement=movement, position=position, kind=kind, event=new_id(),
                body=body, sha256=hashlib.sha256(body).hexdigest(), next_attempt_at=now,
                expires_at=now + LIFE,
            ))
    OutboxMessage.objects.bulk_create(written)
    return body


def _deliver_all(deliver: Callable[[Any], None]) -> None:
    """Deliver the first of each movement; each takes the next of its movement along."""
    from django.db import connection

    from exchange.models import OutboxMessage

    waiting = list(OutboxMessage.objects.filter(state="pending", position=1)
                   .values_list("pk", flat=True))
    until = time.perf_counter() + SECONDS
    shares: list[Iterator[Any]] = [iter(waiting[n::SENDERS]) for n in range(SENDERS)]

    def work(share: Iterator[Any]) -> None:
        try:
            for key in share:
                if time.perf_counter() > until:
                    return
                deliver(key)
        finally:
            connection.close()

    with ThreadPoolExecutor(SENDERS) as pool:
        for _ in pool.map(work, shares):
            pass


def _cryptography() -> dict[str, float]:
    """Processor milliseconds of each step that signs or verifies, looking up its key included."""
    from exchange import outbox, receipts, signing
    from exchange.keys import ensure_own_key
    from exchange.models import OutboxMessage

    message = OutboxMessage.objects.select_related("partner").filter(state="delivered")[0]
    body, own = bytes(message.body), ensure_own_key()
    url = "https://window.example.az/exchange/v1/messages"
    fields = {"content-type": "application/xml", "message-id": str(message.pk),
              "message-kind": message.kind, "movement": str(message.movement), "position": "1"}
    signed = signing.HttpRequest("POST", url, signing.sign("POST", url, fields, body))
    statement = receipts.read(message.receipt)[1]
    works: dict[str, Callable[[], object]] = {
        "sender signs the request": lambda: signing.sign("POST", url, fields, body),
        "receiver verifies request and digest": lambda: signing.verify(
            signed, body, lambda key_id: own.public_key),
        "receiver signs the receipt": lambda: receipts.issue(statement),
        "sender verifies the receipt": lambda: outbox.check_receipt(message, message.receipt),
    }
    return {name: _mean(work) for name, work in works.items()}


def _mean(work: Callable[[], object]) -> float:
    begun = time.process_time()
    for _ in range(ROUNDS):
        work()
    return (time.process_time() - begun) * 1000 / ROUNDS


def _processor_time(server: int) -> float:
    """Seconds that this process and the server with its workers have computed so far."""
    import psutil

    parent = psutil.Process(server)
    spent = [process.cpu_times() for process in (parent, *parent.children(recursive=True))]
    return time.process_time() + sum(times.user + times.system for times in spent)


if __name__ == "__main__":
    sys.exit(main())
