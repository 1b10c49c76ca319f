"""The embedded servers: shared by whoever comes, gone when the last leaves, however it leaves."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.worker import until

PROJECT = Path(__file__).resolve().parent.parent.parent

# Joins, says so, uses both servers when told to, and leaves when its input ends.
USER = """
import os, sys
from portal import embedded
embedded.start("ge")
import psycopg2, redis
from dj_database_url import parse
found = parse(os.environ["DATABASE_URL"])
print("joined", flush=True)
for line in sys.stdin:
    connection = psycopg2.connect(host=found["HOST"], user=found["USER"], dbname=found["NAME"])
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS kept (text text)")
        cursor.execute("INSERT INTO kept VALUES (%s)", [line.strip()])
        cursor.execute("SELECT text FROM kept ORDER BY 1")
        rows = [row[0] for row in cursor]
    broker = redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
    broker.rpush("kept", line.strip())
    print(rows == sorted(broker.lrange("kept", 0, -1)), len(rows), flush=True)
"""


started: "list[subprocess.Popen[str]]" = []


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "Data of this test"  # capitals and spaces must do no harm
    yield folder
    for user in started:
        user.kill()
        user.communicate()
    started.clear()
    until(lambda: not processes_of(folder))


def join(folder: Path) -> "subprocess.Popen[str]":
    without = {"DATABASE_URL", "REDIS_URL", "PORTAL_TESTING"}
    environment = {name: value for name, value in os.environ.items() if name not in without}
    user = subprocess.Popen(
        [sys.executable, "-c", USER], text=True, cwd=PROJECT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=environment | {"DATA_DIR": str(folder)},
    )
    started.append(user)
    return user
    started.append(user)
    return user


def processes_of(folder: Path) -> list[psutil.Process]:
    """Whoever has to do with ``folder``: by command, by variables or by place."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            told = [*process.cmdline(), process.cwd(), process.environ().get("DATA_DIR", "")]
            if process.status() != psutil.STATUS_ZOMBIE and any(str(folder) in w for w in told):
                found.append(process)
    return found


def joined(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "joined\n"


def use(process: "subprocess.Popen[str]", text: str) -> int:
    """Write through both servers; returns how many texts they hold alike."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(f"{text}\n")
    process.stdin.flush()
    alike, count = process.stdout.readline().split()
    assert alike == "True"
    return int(count)


def test_many_start_at_once_and_share(folder: Path) -> None:
    users = [join(folder) for _ in range(3)]
    for user in users:
        joined(user)
    servers = [p for p in processes_of(folder) if p.name() == "valkey-server"]
    assert len(servers) == 1
    assert [use(user, f"text {number}") for number, user in enumerate(users)] == [1, 2, 3]

    users[0].communicate()
    assert use(users[1], "the others go on") == 4
    for user in users[1:]:
        user.communicate()
    # The last one waits for the servers to end before it ends itself.
    assert not processes_of(folder)

    # What they wrote is there at the next start.
    again = join(folder)
    joined(again)
    assert use(again, "again") == 5
    again.communicate()


def test_a_killed_user_leaves_nothing_running(folder: Path) -> None:
    user = join(folder)
    joined(user)
    assert processes_of(folder)
    user.send_signal(signal.SIGKILL)
    user.wait()
    until(lambda: not processes_of(folder))
    again = join(folder)
    joined(again)
    assert use(again, "after a kill") == 1
    again.communicate()


def test_dead_servers_are_started_again(folder: Path) -> None:
    user = join(folder)
    joined(user)
    use(user, "before")
    for process in processes_of(folder):
        if process.name() in ("valkey-server", "postgres") and process.is_running():
            process.kill()
    until(lambda: not [p for p in processes_of(folder) if p.name() in ("valkey-server", "postgres")])
    second = join(folder)
    joined(second)
    # The first finds them at the same addresses.
    assert use(user, "after") == 2
    user.communicate()
    second.communicate()


def test_a_removed_folder_does_not_take_the_next_one_down(folder: Path) -> None:
    first = join(folder)
    joined(first)
    shutil.rmtree(folder, ignore_errors=True)
    second = join(folder)
    joined(second)
    use(second, "a new life")
    first.communicate()
    assert use(second, "goes on") == 2
    second.communicate()


def test_forgetting_is_refused_while_in_use(folder: Path) -> None:
    forget = [sys.executable, "-P", str(PROJECT / "portal" / "embedded.py"), "forget", str(folder)]
    user = join(folder)
    joined(user)
    refused = subprocess.run(forget, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "in use" in refused.stderr
    use(user, "still here")
    user.communicate()
    (folder / "mine.txt").write_text("not yours")
    assert subprocess.run(forget, capture_output=True, text=True).returncode == 0
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
