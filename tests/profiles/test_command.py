"""``manage.py install_profile`` from a zip and from a folder."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from declarations.profiles import store
from declarations.profiles.models import InstalledProfile, ProfileGrant
from portal.journal.models import Event
from tests.factories import make_organisation
from tests.profiles.sets import NAMES, files, zipped

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "names.json").write_text(json.dumps(NAMES))
    (tmp_path / "set.zip").write_bytes(zipped(files()))
    for name, body in files().items():
        path = tmp_path / "set" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body)
    return tmp_path


def run(source: Path, *more: str, what: str = "set.zip") -> None:
    call_command(
        "install_profile", str(source / what), "--name", "example", "--version", "1",
        "--kind", "import=entry.xsd", "--names", str(source / "names.json"), *more)


@pytest.mark.parametrize("what", ["set.zip", "set"])
def test_installed(source: Path, what: str, capsys: Any) -> None:
    first, second = make_organisation(), make_organisation()
    run(source, "--from", "2024-01-01", "--to", "2090-12-31", "--types", "IM=import", "CO=import",
        "--organisation", first.identifier, str(second.pk), what=what)
    installed = InstalledProfile.objects.get()
    assert (installed.valid_from, installed.valid_to) == (date(2024, 1, 1), date(2090, 12, 31))
    assert installed.type_codes == {"IM": "import", "CO": "import"}
    assert installed.names == NAMES
    assert ProfileGrant.objects.filter(name="example").count() == 2
    assert Event.objects.of(installed.pk).get().actor == "command line"
    assert store.find("example").version == "1"
    assert "Installed example 1" in capsys.readouterr().out


def test_a_dry_run_keeps_nothing(source: Path, capsys: Any) -> None:
    run(source, "--dry-run")
    assert "could be installed: 2 schema files" in capsys.readouterr().out
    assert not InstalledProfile.objects.exists()


def test_every_fault_is_said(source: Path) -> None:
    (source / "set" / "far.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">\n'
        '<xs:include schemaLocation="http://example.com/a.xsd"/></xs:schema>')
    (source / "set" / "typed.xsd").write_text("<!DOCTYPE a>\n<a/>")
    with pytest.raises(CommandError) as caught:
        run(source, what="set")
    assert "far.xsd:2: It refers to http://example.com/a.xsd" in str(caught.value)
    assert "typed.xsd:1: It has a DOCTYPE" in str(caught.value)
    assert not InstalledProfile.objects.exists()


@pytest.mark.parametrize(
    "more",
    [("--kind", "customs=entry.xsd"), ("--kind", "import"), ("--types", "IM=nothing"),
     ("--organisation", "nobody"), ("--from", "yesterday"), ("--names", "none.json")],
)
def test_a_slip_on_the_command_line(source: Path, more: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(source, *more)
    with pytest.raises(CommandError):
        run(source, what="none.zip")
    assert not InstalledProfile.objects.exists()
