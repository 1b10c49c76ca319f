"""A real Celery worker as a subprocess, over the test's own database and broker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import connection

PATIENCE = 60.0


def until(condition: Callable[[], object], patience: float = PATIENCE) -> None:
    """Return once ``condition`` holds; AssertionError when it does not within ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"not within {patience} s: {condition}"
        time.sleep(0.02)


def environment() -> dict[str, str]:
    """The variables with which a process works on the database of the running test."""
    database = connection.settings_dict["NAME"]
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
    return {**os.environ, "DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL}


class Worker:
    def __init__(self, folder: Path, *, beat: bool = True, concurrency: int = 1) -> None:
        self.folder = folder
        self.beat = beat
        self.concurrency = concurrency
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.folder / "worker.log"

    def start(self) -> None:
        command = [
            sys.executable, "-m", "celery", "-A", "portal", "worker",
            "--queues", "intake,exchange,notify,bulk", "--loglevel", "INFO",
            "--concurrency", str(self.concurrency), "--without-gossip", "--without-mingle",
        ]
        if self.beat:
            command += ["--beat", "--schedule", str(self.folder / "beat")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=environment(), cwd=settings.BASE_DIR, stdout=log, stderr=log,
                start_new_session=True,
            )
        self.wait_for_heartbeat()

    def wait_for_heartbeat(self) -> None:
        from portal.pipeline import heartbeat

        cache.delete("worker-heartbeat")
        heartbeat.delay()
        until(lambda: cache.get("worker-heartbeat") or self._died())

    def _died(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        return False

    def kill(self) -> None:
        """kill -9 of the worker and its children at once, as when the machine goes."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        """Ask it to finish what it does and end; the test's database is about to be emptied."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None
