"""``make demo`` as a newcomer runs it: three portals answer, and Ctrl-C leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.processes.test_embedded import PROJECT, processes_of
from tests.transit.walk import walk
from tests.worker import until


def three_free_ports() -> int:
    """The first of three neighbouring free ports."""
    while True:
        with socket.socket() as first, socket.socket() as second, socket.socket() as third:
            first.bind(("127.0.0.1", 0))
            try:
                second.bind(("127.0.0.1", first.getsockname()[1] + 1))
                third.bind(("127.0.0.1", first.getsockname()[1] + 2))
            except (OSError, OverflowError):
                continue
            return int(first.getsockname()[1])


def start(folder: Path, port: int) -> "subprocess.Popen[str]":
    """In an environment that knows nothing of the tests."""
    ours = ("PORTAL_", "DATABASE_URL", "REDIS_URL", "DJANGO_", "PYTEST_", "DATA_DIR", "PORT")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    return subprocess.Popen(
        [sys.executable, "manage.py", "demo"], cwd=PROJECT, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=environment | {"DATA_DIR": str(folder), "PORT": str(port)},
    )


def page(port: int, path: str) -> str:
    """The page's text, or nothing while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return str(answer.read().decode())
    except (urllib.error.URLError, OSError):
        return ""


def test_the_demo_leads_goods_from_almaty_to_tbilisi_and_leaves_nothing(
    tmp_path: Path, browser: Browser
) -> None:
    folder, port = tmp_path / "data", three_free_ports()
    demo = start(folder, port)
    try:
        until(lambda: demo.poll() is not None or page(port, "/account/login/"), 400)
        assert demo.poll() is None, demo.communicate()[0]
        assert "Georgian" in page(port, "/account/login/")
        until(lambda: page(port + 1, "/account/login/"), 120)
        assert "Azerbaijani" in page(port + 1, "/account/login/")
        until(lambda: page(port + 2, "/account/login/"), 120)
        assert "Kazakhstan" in page(port + 2, "/account/login/")
        walk(browser, port)
        # Every process of the demo has its variables, so all of them are found by its folder.
        assert processes_of(folder)
    finally:
        demo.send_signal(signal.SIGINT)
        told, _nothing = demo.communicate(timeout=60)
    assert demo.returncode == 0, told
    assert f"http://localhost:{port}" in told
    assert "password is demo" in told
    assert "Traceback" not in told, told
    assert not processes_of(folder)
    for released in (port, port + 1, port + 2):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", released))


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_taken_port_is_named(tmp_path: Path, place: int) -> None:
    port = three_free_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + place))
        taken.listen()
        demo = start(tmp_path / "data", port)
        told, _nothing = demo.communicate(timeout=60)
    assert demo.returncode != 0
    assert f"Port {port + place} is taken" in told
    assert "Traceback" not in told
    assert not processes_of(tmp_path / "data")
