"""Installed profiles at work: who may file, which version judges, and every process alike."""

import hashlib
import json
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied

from agencies.models import Queue
from declarations import checking
from declarations.models import Declaration
from declarations.profiles import store
from declarations.profiles.install import install, set_end, set_organisations
from declarations.profiles.models import InstalledProfile
from declarations.wco import SchemaUnusable, UnknownProfile, read_response
from declarations.wco.foreign import SchemasRefused
from portal.accounts.actors import Actor
from portal.journal.models import Event
from tests.factories import run_pipeline
from tests.intake.conftest import DECLARATIONS, Trader, make_trader, together
from tests.profiles.sets import files, message, plan, zipped
from tests.worker import environment

TODAY = store.today()
LONG = "LONGER-THAN-22-CHARACTERS-1"


def put(admin: Actor, version: str = "1", max_lrn: int = 22, **fields: object) -> InstalledProfile:
    return install(admin, plan(version, **fields), zipped(files(max_lrn)))


def file(trader: Trader, body: bytes, profile: str = "example") -> Declaration:
    answer = trader.send(body, path=f"{DECLARATIONS}?profile={profile}")
    assert answer.status_code == 202, answer.content
    return run_pipeline(Declaration.objects.get(pk=answer.json()["id"]))


def codes(answer: object) -> list[str]:
    return [error["code"] for error in answer.json()["errors"]]  # type: ignore[attr-defined]


def test_the_record(admin: Actor, trader: Trader) -> None:
    archive = zipped(files())
    installed = install(admin, plan(organisations=(trader.organisation,)), archive)
    installed.refresh_from_db()
    assert bytes(installed.archive) == archive
    assert installed.sha256 == hashlib.sha256(archive).hexdigest()
    assert (installed.installed_by, installed.installed_by_user_id) == (admin.label, admin.user_id)
    [event] = Event.objects.of(installed.pk)
    assert event.kind == "profile_installed"
    assert event.payload["sha256"] == installed.sha256
    assert event.payload["organisations"] == [trader.organisation.identifier]


def test_only_administrators(admin: Actor, trader: Trader) -> None:
    with pytest.raises(PermissionDenied):
        install(trader.actor, plan(), zipped(files()))
    installed = put(admin)
    for change in (lambda: set_end(trader.actor, installed.pk, None),
                   lambda: set_organisations(trader.actor, installed.pk, [])):
        with pytest.raises(PermissionDenied):
            change()


def test_a_version_is_installed_once(admin: Actor) -> None:
    put(admin)
    with pytest.raises(SchemasRefused, match="installed already"):
        put(admin)
    assert InstalledProfile.objects.count() == 1


def test_filed_projected_routed_and_answered(admin: Actor, trader: Trader, queue: Queue) -> None:
    put(admin, organisations=(trader.organisation,))
    declaration = file(trader, message("A-1"))
    assert declaration.state == "under_review"
    assert (declaration.profile, declaration.profile_version) == ("example", "1")
    assert (declaration.kind, declaration.lrn) == ("import", "A-1")
    assert declaration.importer == "Example Trade Ltd"
    # This profile has no response of its own: the answer is that of the portal's.
    [response] = declaration.responses.all()
    assert declaration.mrn == read_response(bytes(response.body)).Declaration.ID


def test_the_schema_of_the_profile_rejects(admin: Actor, trader: Trader, queue: Queue) -> None:
    put(admin, organisations=(trader.organisation,))
    declaration = file(trader, message(LONG))
    assert declaration.state == "rejected"
    [fault] = declaration.current.faults
    assert (fault["layer"], fault["value"]) == ("xsd", LONG)


def test_without_a_grant_nobody_files(admin: Actor, trader: Trader, queue: Queue) -> None:
    installed = put(admin)
    path = f"{DECLARATIONS}?profile=example"
    answer = trader.send(message(), path=path)
    assert (answer.status_code, codes(answer)) == (422, ["SW-PROFILE-02"])
    unknown = trader.send(message(), path=f"{DECLARATIONS}?profile=nothing")
    assert codes(unknown) == ["SW-PROFILE-02"]  # nor does it learn which there are
    assert not Declaration.objects.exists()

    set_organisations(admin, installed.pk, [trader.organisation])
    assert trader.send(message(), path=path).status_code == 202
    other = make_trader()
    assert codes(other.send(message("B-1"), path=path)) == ["SW-PROFILE-02"]
    set_organisations(admin, installed.pk, [other.organisation])
    assert codes(trader.send(message("A-2"), path=path)) == ["SW-PROFILE-02"]
    assert other.send(message("B-1"), path=path).status_code == 202
    granted, changed = [e.payload for e in Event.objects.of(installed.pk)][1:]
    assert (granted["granted"], granted["withdrawn"]) == ([trader.organisation.identifier], [])
    assert changed["withdrawn"] == [trader.organisation.identifier]


def test_not_before_its_day_nor_after(admin: Actor, trader: Trader, queue: Queue) -> None:
    installed = put(admin, valid_from=TODAY + timedelta(days=1),
                    organisations=(trader.organisation,))
    path = f"{DECLARATIONS}?profile=example"
    assert codes(trader.send(message(), path=path)) == ["SW-PROFILE-01"]
    InstalledProfile.objects.filter(pk=installed.pk).update(valid_from=TODAY)
    assert trader.send(message("A-1"), path=path).status_code == 202
    InstalledProfile.objects.filter(pk=installed.pk).update(valid_from=TODAY - timedelta(days=9))
    set_end(admin, installed.pk, TODAY)
    assert trader.send(message("A-2"), path=path).status_code == 202
    set_end(admin, installed.pk, TODAY - timedelta(days=1))
    assert codes(trader.send(message("A-3"), path=path)) == ["SW-PROFILE-01"]
    with pytest.raises(SchemasRefused):
        set_end(admin, installed.pk, TODAY - timedelta(days=10))


def test_versions_overlap_without_interruption(
    admin: Actor, trader: Trader, queue: Queue
) -> None:
    first = put(admin, "1", valid_from=date(2024, 1, 1), organisations=(trader.organisation,))
    filed = trader.send(message("A-1"), path=f"{DECLARATIONS}?profile=example").json()
    put(admin, "2", max_lrn=30, valid_from=TODAY)  # nobody is granted anew

    # Filed before, read after: by the version that it was filed with.
    before = run_pipeline(Declaration.objects.get(pk=filed["id"]))
    assert (before.state, before.profile_version) == ("under_review", "1")
    # Without asking: the one that came into force last.
    assert file(trader, message(LONG)).profile_version == "2"
    # Asking: the other, while it lasts.
    kept = file(trader, message("A-3"), "example@1")
    assert (kept.state, kept.profile_version) == ("under_review", "1")
    assert file(trader, message(LONG + "2"), "example@1").state == "rejected"
    set_end(admin, first.pk, TODAY - timedelta(days=1))
    answer = trader.send(message("A-4"), path=f"{DECLARATIONS}?profile=example@1")
    assert codes(answer) == ["SW-PROFILE-01"]
    assert file(trader, message("A-5")).profile_version == "2"
    # A check again, long after its end, is by the pinned version still.
    assert checking.check_version(kept.current).accepted

    assert store.find("example", date(2024, 5, 1)).version == "1"
    assert store.find("example", TODAY).version == "2"
    assert store.find("carec").version == store.find("carec@1.0").version
    for reference, day in (("example", date(2023, 12, 31)), ("example@3", TODAY),
                           ("carec@9", TODAY), ("", TODAY), ("@", TODAY)):
        with pytest.raises(UnknownProfile):
            store.find(reference, day)


def test_the_cache_folder_is_named_by_its_bytes_and_heals(admin: Actor, cache: Path) -> None:
    installed = put(admin)
    profile = store.load(installed)
    folder = cache / installed.sha256
    [entry] = {schemas.entry for schemas in profile.kinds.values()}
    assert entry == folder.resolve() / "entry.xsd"
    assert {path.name for path in cache.iterdir()} == {installed.sha256, "lock"}
    assert cache.stat().st_mode & 0o077 == 0

    (folder / "entry.xsd").unlink()
    assert store.load(installed).kinds == profile.kinds
    assert (folder / "entry.xsd").exists()
    shutil.rmtree(folder)
    store.load(installed)
    assert (folder / "parts" / "declaration.xsd").exists()
    assert {path.name for path in cache.iterdir()} == {installed.sha256, "lock"}


def test_other_bytes_or_an_open_cache_are_not_used(admin: Actor, cache: Path) -> None:
    installed = put(admin)
    archive = bytes(installed.archive)
    with pytest.raises(store.StoreDamaged):
        store.materialise(archive + b"x", installed.sha256)
    folder = store.materialise(archive, installed.sha256)
    (folder / "entry.xsd").write_text("<changed/>")
    assert "<changed/>" not in (store.materialise(archive, installed.sha256) / "entry.xsd").read_text()
    cache.chmod(0o777)
    with pytest.raises(store.StoreDamaged):
        store.materialise(archive, installed.sha256)


def test_many_at_once_make_one_folder(admin: Actor, cache: Path) -> None:
    installed = put(admin)
    archive = bytes(installed.archive)
    shutil.rmtree(cache, ignore_errors=True)
    found = together(*[lambda: store.materialise(archive, installed.sha256)] * 8)
    assert set(found) == {cache / installed.sha256}
    assert {path.name for path in cache.iterdir()} == {installed.sha256, "lock"}


@pytest.mark.django_db(transaction=True)
def test_another_process_has_it_at_once(admin: Actor, cache: Path, tmp_path: Path) -> None:
    """A process of its own, with an empty cache of its own: as in another container."""
    put(admin)
    (tmp_path / "message.xml").write_bytes(message(LONG))
    done = subprocess.run(
        [sys.executable, "manage.py", "validate_message", "--json", "--profile", "example",
         str(tmp_path / "message.xml")],
        cwd=settings.BASE_DIR, env=environment() | {"PROFILE_CACHE": str(tmp_path / "other")},
        capture_output=True, text=True, timeout=60, check=False,
    )
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["layer"] == "xsd"
    assert not cache.exists()


def test_a_set_that_no_longer_compiles_says_so(admin: Actor) -> None:
    """It cannot happen by the pages; by a newer libxml2 it may. Never an empty answer."""
    installed = put(admin)
    broken = zipped(files() | {"entry.xsd": "<a/>"})
    InstalledProfile.objects.filter(pk=installed.pk).update(
        archive=broken, sha256=hashlib.sha256(broken).hexdigest())
    with pytest.raises(SchemaUnusable):
        store.find("example")
