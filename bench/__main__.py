"""``make bench``: how fast a message is judged (``bench.validation``), how fast intake answers, and
how soon a declaration is in its agency's queue.

Runs the real processes (gunicorn, a Celery worker with beat) on the embedded servers, in a folder
of its own that is thrown away. Prints milliseconds; exit code 1 if a promise of the README's
contract is not kept: intake under 50 ms in the median, the queue within 1 s.
"""

import os
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FILINGS = int(os.environ.get("FILINGS", "200"))
ROUTED = int(os.environ.get("ROUTED", "30"))
INTAKE_MS, QUEUE_MS = 50.0, 1000.0


def main() -> int:
    judged = subprocess.run([sys.executable, "-m", "bench.validation"], cwd=PROJECT, check=False)
    print(flush=True)
    return max(judged.returncode, _processes())


def _processes() -> int:
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    port = _free_port()
    os.environ.update(
        DATA_DIR=str(folder), PORTAL_DEMO="1", PORTAL_COUNTRY="GE", STATIC_ROOT=str(folder / "static"),
        PORTAL_URL=f"http://localhost:{port}", DJANGO_SETTINGS_MODULE="portal.settings",
        PYTHONWARNINGS="ignore:You're running the worker with superuser",
    )
    os.environ.pop("DATABASE_URL", None)
    from portal import embedded

    servers = embedded.start("ge")
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for command in ("collectstatic --no-input -v 0", "migrate -v 0", "seed"):
            subprocess.run(
                [sys.executable, "manage.py", *command.split()], cwd=PROJECT, check=True,
                stdout=subprocess.DEVNULL,
            )
        processes.append(_start("gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}",
                                "--threads", "8", "--log-level", "warning"))
        processes.append(_start("celery", "--quiet", "-A", "portal", "worker", "--beat", "--schedule",
                                str(folder / "beat"), "--queues", "intake,exchange,notify,bulk",
                                "--concurrency", "1", "--loglevel", "ERROR"))
        return _measure(f"http://127.0.0.1:{port}")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)
        servers.leave()
        shutil.rmtree(folder, ignore_errors=True)


def _start(module: str, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=PROJECT)


def _measure(address: str) -> int:
    import django

    django.setup()
    import httpx

    from declarations.models import Declaration
    from portal.accounts.models import Organisation
    from portal.accounts.tokens import create_client
    from portal.demo.georgia import TRADER
    from tests.factories import wine_import

    organisation = Organisation.objects.get(identifier=TRADER.identifier)
    _client, token = create_client(organisation, "bench")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/xml"}
    with httpx.Client(base_url=address, headers=headers, timeout=30) as client:
        _until(lambda: _answers(client))

        def file() -> str:
            body = wine_import(organisation)
            answer = client.post("/api/v1/declarations", content=body,
                                 headers={"Idempotency-Key": secrets.token_hex(8)})
            answer.raise_for_status()
            return str(answer.json()["id"])

        def waits(key: str) -> bool:
            return Declaration.objects.filter(pk=key, reviews__state="open").exists()

        def to_queue() -> None:
            key = file()
            _until(lambda: waits(key))

        print(f"A declaration of {len(wine_import(organisation))} bytes, over REST, one at a time")
        to_queue()  # the worker compiles its schemas once
        queue = _report("filed to open in the agency's queue", [_timed(to_queue) for _ in range(ROUTED)])
        intake = _report("intake answers (worker busy behind)", [_timed(file) for _ in range(FILINGS)])
        begun = time.monotonic()
        _until(lambda: not Declaration.objects.awaiting_check().exists(), 300)
        print(f"the rest was checked and routed {time.monotonic() - begun:.1f} s after the last filing")
    kept = intake < INTAKE_MS and queue < QUEUE_MS
    print("kept" if kept else f"NOT kept: intake < {INTAKE_MS:.0f} ms, queue < {QUEUE_MS:.0f} ms")
    return 0 if kept else 1


def _report(what: str, milliseconds: list[float]) -> float:
    cuts = statistics.quantiles(milliseconds, n=100)
    print(f"{what}: median {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, "
          f"max {max(milliseconds):.1f} ms ({len(milliseconds)} times)")
    return cuts[49]


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _until(condition: Callable[[], bool], patience: float = 60.0) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {patience:.0f} s")
        time.sleep(0.005)


def _answers(client: "object") -> bool:
    import httpx

    try:
        return bool(client.get("/healthz").status_code == 200)  # type: ignore[attr-defined]
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
