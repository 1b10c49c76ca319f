"""The library in a process without Django, and the command that wraps it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .samples import CORPUS, wine_xml

ROOT = Path(__file__).resolve().parents[2]


def test_library_imports_no_django() -> None:
    code = (
        "import sys; import declarations.wco; "
        "assert not [m for m in sys.modules if m == 'django' or m.startswith('django.')]"
    )
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environment)


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    # A database address that nothing answers proves that none is asked.
    environment = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    return subprocess.run(
        [sys.executable, "manage.py", "validate_message", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(wine_xml())
    bad.write_bytes(wine_xml(("LRN-0001", "L" * 30), ("10.50", "ten")))
    return good, bad


def test_one_line_per_file(files: tuple[Path, Path]) -> None:
    done = run(*files)
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert len(lines) == 2
    assert lines[1].startswith(f"{files[1]}: reject [xsd]")


def test_json_lines(files: tuple[Path, Path]) -> None:
    done = run("--json", files[1])
    (line,) = done.stdout.splitlines()
    answer = json.loads(line)
    assert done.returncode == 1
    assert answer["file"] == str(files[1])
    assert (answer["verdict"], answer["layer"]) == ("reject", "xsd")
    assert {error["code"] for error in answer["errors"]} == {"SW-XSD-LENGTH", "SW-XSD-NUMBER"}
    assert {"pointer", "path", "code", "message"} <= answer["errors"][0].keys()


def test_unreadable_file_and_unknown_profile(files: tuple[Path, Path]) -> None:
    assert run("/nonexistent.xml").returncode != 0
    done = run("--profile", "nowhere", files[0])
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not CORPUS.exists(), reason=f"no corpus at {CORPUS}")
def test_foreign_schema() -> None:
    schema = CORPUS / "schemas/customs/wrapper_submit.xsd"
    good = run("--schema", schema, "--json", *sorted((CORPUS / "edge_valid").glob("1*.xml")))
    assert good.returncode == 0
    assert {json.loads(line)["verdict"] for line in good.stdout.splitlines()} == {"accept"}
    bad = run("--schema", schema, "--json", CORPUS / "invalid/140_xxe_file.xml")
    assert bad.returncode == 1
    assert json.loads(bad.stdout)["layer"] == "doctype"
