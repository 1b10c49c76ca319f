"""``manage.py demo``: the portals of three neighbours side by side, on servers of their own."""

import io
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext_noop

from portal import embedded

HOST = "127.0.0.1"  # the demo's passwords are published: it answers this machine only
SIGN_INS = ("trader", "broker", "customs", "customs2", "phyto", "vet", "cites", "admin", "admin2")
QUEUES = "intake,exchange,notify,bulk"
ROLE = "portal"  # what runs the portals; the tables belong to the one that migrates
PATIENCE = 60.0  # seconds for a portal to answer its first request


@dataclass(frozen=True)
class Portal:
    country: str
    name: str
    time_zone: str
    port: int

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


class Command(BaseCommand):
    help = "Run three portals with sample traffic until Ctrl-C. See PORT and DATA_DIR in the README."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--guide", action="store_true", help="(internal) greet and file samples")

    def handle(self, *args: Any, guide: bool, **options: Any) -> None:
        portals = _portals()
        folder = Path(os.environ.get("DATA_DIR") or settings.BASE_DIR / ".data").resolve()
        if guide:
            own = next(portal for portal in portals if portal.country == settings.PORTAL_COUNTRY)
            return _guide(own, folder / "demo")
        for portal in portals:
            _require_free(portal.port)
        # A closed terminal ends the demo as Ctrl-C does.
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        servers = embedded.Servers(folder)
        try:
            self.stdout.write("Starting PostgreSQL and Valkey …")
            servers.join()
            environments = _environments(portals, servers)
            self.stdout.write("Preparing the portals …")
            _prepare(environments, servers)
            self.stdout.write(
                f"Sign in as {', '.join(SIGN_INS[:-1])} or {SIGN_INS[-1]}; the password is demo. "
                "Ctrl-C stops everything."
            )
            code = _supervise(portals, environments)
        except embedded.EmbeddedError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            code = 130
        finally:
            servers.leave()
        self.stdout.write("The demo has stopped. Its data is kept; make demo-reset forgets it.")
        if code not in (0, 130, 143):
            sys.exit(code)


def _portals() -> list[Portal]:
    try:
        port = int(os.environ.get("PORT") or 8000)
    except ValueError as error:
        raise CommandError("PORT must be a number, such as 8000.") from error
    return [
        Portal("GE", gettext_noop("Georgian Trade Single Window"), "Asia/Tbilisi", port),
        Portal("AZ", gettext_noop("Azerbaijani Trade Single Window"), "Asia/Baku", port + 1),
        Portal("KZ", gettext_noop("Kazakhstan Trade Single Window"), "Asia/Almaty", port + 2),
    ]


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is taken ({error.strerror}). Stop what uses it, or choose another: "
                f"PORT={port + 1000} make demo"
            ) from error


def _environments(portals: list[Portal], servers: embedded.Servers) -> dict[str, dict[str, str]]:
    """By country, the variables with which its processes run."""
    folder = servers.folder / "demo"
    folder.mkdir(exist_ok=True)
    key = folder / "secret-key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(48))
    result = {}
    for portal in portals:
        own = folder / portal.country.lower()
        own.mkdir(exist_ok=True)
        found = servers.environment(portal.country)
        owner = found["DATABASE_URL"]
        result[portal.country] = {
            **os.environ,
            **found,
            "OWNER_DATABASE_URL": owner,
            "DATABASE_URL": owner.replace("//postgres@", f"//{ROLE}@", 1),
            "PORTAL_DEMO": "1",
            "PORTAL_COUNTRY": portal.country,
            "PORTAL_NAME": portal.name,
            "PORTAL_URL": portal.url,
            "PORTAL_TIME_ZONE": portal.time_zone,
            "PEERS": ",".join(f"{p.country}={p.url}" for p in portals if p is not portal),
            "SECRET_KEY": key.read_text() + portal.country,
            "DATA_DIR": str(servers.folder),
            "MEDIA_ROOT": str(own / "media"),
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(own / "mail"),
            "STATIC_ROOT": str(folder / "static"),
            "PYTHONUNBUFFERED": "1",
            # In a container one often is root; on loopback there is nothing to warn of.
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
        }
    return result


def _prepare(environments: dict[str, dict[str, str]], servers: embedded.Servers) -> None:
    """Tables, files and people. Safe to run again on the data of an earlier demo."""
    each = list(environments.values())
    owners = [{**env, "DATABASE_URL": env["OWNER_DATABASE_URL"]} for env in each]
    with ThreadPoolExecutor(4) as pool:
        files = pool.submit(_manage, each[0], "collectstatic", "--no-input", "--verbosity", "0")
        first, *others = owners
        _manage(first, "migrate", "--verbosity", "0")
        _manage(first, "grant_privileges", ROLE)
        # On new data the others are copies, rights and all.
        old = [env for env in others
               if not servers.copy_tables(env["PORTAL_COUNTRY"], first["PORTAL_COUNTRY"])]
        list(pool.map(lambda env: _manage(env, "migrate", "--verbosity", "0"), old))
        list(pool.map(lambda env: _manage(env, "grant_privileges", ROLE), old))
        # All at once: each waits for the keys of the others.
        list(pool.map(lambda env: _manage(env, "seed", "--patience", PATIENCE), each))
        files.result()


def _manage(environment: dict[str, str], *command: object) -> None:
    line = [str(word) for word in command]
    done = subprocess.run(
        [sys.executable, "manage.py", *line], env=environment, cwd=settings.BASE_DIR,
        capture_output=True, text=True, check=False,
    )
    if done.returncode:
        country = environment["PORTAL_COUNTRY"]
        raise CommandError(f"{' '.join(line)} failed for {country}:\n{done.stdout}{done.stderr}")


def _supervise(portals: list[Portal], environments: dict[str, dict[str, str]]) -> int:
    """Run everything until Ctrl-C, or until one process ends. Returns the exit code."""
    from honcho.manager import Manager

    manager = Manager(printer=_printer())
    # Ask each process alone, not its whole group: a worker lets its children finish their tasks.
    manager._procmgr.terminate = lambda pid: os.kill(pid, signal.SIGTERM)

    def add(name: str, environment: dict[str, str], *command: object) -> None:
        line = shlex.join([sys.executable, *map(str, command)])
        manager.add_process(name, f"exec {line}", env=environment, cwd=str(settings.BASE_DIR))

    for portal in portals:
        environment = environments[portal.country]
        code = portal.country.lower()
        schedule = Path(environment["MEDIA_ROOT"]).parent / "beat"
        add(f"{code}-web", environment, "-m", "gunicorn", "portal.wsgi", "--bind",
            f"{HOST}:{portal.port}", "--threads", 8, "--log-level", "warning")
        add(f"{code}-work", environment, "-m", "celery", "--quiet", "-A", "portal", "worker",
            "--queues", QUEUES, "--concurrency", 2, "--loglevel", "WARNING", "--without-gossip",
            "--without-mingle")
        # Beside the worker, not in it: there nobody would notice its end, and with it that of sweeps.
        add(f"{code}-beat", environment, "-m", "celery", "--quiet", "-A", "portal", "beat",
            "--schedule", schedule, "--pidfile", "", "--loglevel", "WARNING")
        add(f"{code}-guide", environment, "manage.py", "demo", "--guide")
    manager.loop()
    return int(manager.returncode or 0)


def _printer() -> Any:
    from honcho.manager import SYSTEM_PRINTER_NAME
    from honcho.printer import Printer

    class Quiet(Printer):  # type: ignore[misc]
        """The guide speaks for itself, and nobody needs the process numbers."""

        def write(self, message: Any) -> None:
            if message.name.endswith("-guide"):
                print(message.data.decode().rstrip("\n"), flush=True)
            elif message.name != SYSTEM_PRINTER_NAME and message.data.strip():
                super().write(message)

    return Quiet()


def _guide(portal: Portal, folder: Path) -> None:
    """Runs beside a portal: says when it answers, and files its samples once."""
    _wait_for(portal)
    print(f"{portal.name} is open at {portal.url}")
    filed = folder / portal.country.lower() / "samples-filed"
    if not filed.exists():
        try:
            call_command("file_samples", stdout=io.StringIO())
            call_command("file_corridor", stdout=io.StringIO())
        except CommandError as error:
            print(f"Not every sample of {portal.country} could be filed. {error}")
        else:
            filed.touch()
            print(f"The samples of {portal.country} are filed.")
    while True:
        signal.pause()


def _wait_for(portal: Portal) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{portal.port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise CommandError(f"{portal.name} does not answer on port {portal.port}.")
