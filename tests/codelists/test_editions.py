"""Publishing editions, and what the checks make of them on which day."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from declarations import codelists, wco
from declarations.code_editions import publishing, store
from declarations.code_editions.models import CodeEdition, pack, unpack
from declarations.code_editions.publishing import PublishRefused
from declarations.code_editions.tables import FileRefused
from declarations.codelists import Code
from declarations.profiles.store import today
from declarations.rules import RuleContext, check
from portal.accounts.actors import Actor
from portal.journal.models import Event
from tests.codelists.conftest import needs_official, official
from tests.factories import make_member, make_organisation, wine_dataset

TODAY = today()
SOON = TODAY + timedelta(days=30)
PACKAGES = "code,name\nCT,Carton\nBX,Box or case\nZZ,Mutually defined\n"


def publish(
    actor: Actor, list_name: str, files: Any, edition: str = "2", valid_from: date = TODAY,
    partial: bool = False,
) -> CodeEdition:
    if isinstance(files, str):
        files = [("list.csv", files.encode())]
    waiting = publishing.upload(actor, list_name, files)
    publishing.set_up(actor, waiting, edition, "A test", valid_from, partial)
    base, _changes = publishing.preview(waiting)
    return publishing.publish(actor, waiting, publishing.seen(waiting, base))


def faults(package: str, on: date) -> list[str]:
    declaration = wco.from_json(wine_dataset())
    packaging = declaration.GoodsShipment.GovernmentAgencyGoodsItem[0].Packaging[0]
    packaging.TypeCode = package
    found = check(declaration, RuleContext("GE", on))
    return [fault.code for fault in found if fault.code == "SW-R-ITM-011"]


def test_codes_survive_packing() -> None:
    codes = {
        "A": Code("A", "ünïcode ³", date(2020, 1, 1), None, {"use": "both"}),
        "B": Code("B", "b"), "C": Code("C", "c", None, date(2021, 1, 1)),
    }
    assert unpack(pack(codes.values())) == codes
    assert pack(codes.values()) == pack(unpack(pack(codes.values())).values())


def test_an_edition_is_in_force_from_its_date(
    admin: Actor, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        edition = publish(admin, "package", PACKAGES, valid_from=SOON)
    shipped = codelists.shipped("package").codes
    assert edition.counts == {
        "codes": 3, "added": len({"CT", "BX", "ZZ"} - set(shipped)), "renamed": 1, "altered": 0,
        "withdrawn": len(set(shipped) - {"CT", "BX", "ZZ"}),
    }
    before = SOON - timedelta(days=1)
    with store.as_of(before):
        assert codelists.get("package", "BG") is not None
        assert codelists.name("package", "BX") == "Box"
        assert codelists.is_valid("package", "BG", on=before)
        assert not codelists.is_valid("package", "BG", on=SOON)
    with store.as_of(SOON):
        assert codelists.get("package", "BG") is None
        assert codelists.name("package", "BX") == "Box or case"
        assert codelists.name("package", "BG") == "Bag"  # what was filed keeps its meaning
        assert codelists.code_list("package").edition == "2"
    with store.as_of(TODAY):
        assert faults("BG", before) == []
        assert faults("BG", SOON) == ["SW-R-ITM-011"]
        assert faults("CT", SOON) == []


def test_the_latest_publication_decides_between_equal_dates(admin: Actor) -> None:
    publish(admin, "mode", "code,name\n1,Sea\n2,Rail\n3,Road\n", "a")
    publish(admin, "mode", "code,name\n1,By sea\n2,By rail\n", "b")
    publish(admin, "mode", "code,name\n1,Earlier\n", "c", valid_from=TODAY - timedelta(days=5))
    store.refresh(at_once=True)
    with store.as_of(TODAY):
        assert codelists.name("mode", "1") == "By sea"
        assert codelists.name("mode", "3") == "Road"
        assert codelists.get("mode", "3") is None
    with store.as_of(TODAY - timedelta(days=1)):
        assert codelists.name("mode", "1") == "Earlier"
    with store.as_of(TODAY - timedelta(days=6)):
        assert codelists.name("mode", "1") == "Maritime transport"


def test_a_part_of_a_list_leaves_the_rest(admin: Actor) -> None:
    edition = publish(admin, "locode", "country,location,name\nGE,ANA,Anaklia\nGE,TBS,Tbilisi\n",
                      partial=True)
    assert edition.counts["withdrawn"] == 0
    assert edition.counts["added"] == 1
    store.refresh(at_once=True)
    with store.as_of():
        assert codelists.is_valid("locode", "GEANA")
        assert codelists.is_valid("locode", "GEPTI")
        assert not codelists.code_list("locode").complete


def test_what_the_file_does_not_tell_is_kept(admin: Actor) -> None:
    publish(admin, "procedure", "code,name,use\n40,Home use,\n10,Outright exportation,\n41,New,both\n")
    store.refresh(at_once=True)
    with store.as_of():
        found = codelists.codes("procedure")
        assert found["40"].more["use"] == "both"
        assert found["41"].more["use"] == "both"
        assert codelists.get("hs", "2204219999") is not None  # other lists are as they were


def test_codes_that_had_ended_are_no_withdrawals(admin: Actor) -> None:
    rows = "".join(f"{c.code},{c.name}\n" for c in codelists.shipped("currency").codes.values()
                   if c.valid_to is None)
    edition = publish(admin, "currency", "code,name\n" + rows)
    assert edition.counts["withdrawn"] == 0
    store.refresh(at_once=True)
    with store.as_of():
        assert codelists.is_valid("currency", "HRK", on=TODAY) is False
        assert codelists.name("currency", "HRK") == "Croatian Kuna"


def test_publishing_leaves_one_event(admin: Actor) -> None:
    edition = publish(admin, "package", PACKAGES)
    event = Event.objects.get(subject=edition.pk)
    assert event.kind == "codes_published"
    assert event.payload["list"] == "package"
    assert event.payload["codes"] == 3
    assert event.payload["sha256"] == edition.sha256
    assert event.payload["files"][0][0] == "list.csv"
    assert edition.published_by_user_id == admin.user_id


def test_only_what_was_looked_at_is_published(admin: Actor) -> None:
    waiting = publishing.upload(admin, "package", [("a.csv", PACKAGES.encode())])
    publishing.set_up(admin, waiting, "3", "A test", TODAY, False)
    base, _changes = publishing.preview(waiting)
    looked_at = publishing.seen(waiting, base)
    publish(admin, "package", "code,name\nCT,Carton\n", "2")
    with pytest.raises(PublishRefused, match="Look again"):
        publishing.publish(admin, waiting, looked_at)
    base, changes = publishing.preview(waiting)
    assert changes.counts["added"] == 2
    publishing.publish(admin, waiting, publishing.seen(waiting, base))
    with pytest.raises(PublishRefused, match="no longer there"):
        publishing.publish(admin, waiting, publishing.seen(waiting, base))
    assert CodeEdition.objects.published().count() == 2


def test_an_edition_has_its_name_once(admin: Actor) -> None:
    publish(admin, "package", PACKAGES, "2")
    with pytest.raises(PublishRefused, match="another name"):
        publish(admin, "package", PACKAGES, "2")
    publish(admin, "mode", "code,name\n1,Sea\n", "2")
    assert CodeEdition.objects.published().count() == 2


def test_a_refused_file_leaves_nothing(admin: Actor) -> None:
    with pytest.raises(FileRefused):
        publishing.upload(admin, "package", [("a.csv", b"%PDF")])
    assert not CodeEdition.objects.exists()


def test_only_an_administrator(admin: Actor) -> None:
    _user, trader = make_member(make_organisation())
    waiting = publishing.upload(admin, "package", [("a.csv", PACKAGES.encode())])
    with pytest.raises(PermissionDenied):
        publishing.upload(trader, "package", [("a.csv", PACKAGES.encode())])
    with pytest.raises(PermissionDenied):
        publishing.publish(trader, waiting, "")
    with pytest.raises(PermissionDenied):
        publishing.discard(trader, waiting)


def test_codes_are_looked_up_without_queries(admin: Actor) -> None:
    publish(admin, "package", PACKAGES)
    store.refresh(at_once=True)
    with store.as_of():
        codelists.codes("package")
    with CaptureQueriesContext(connection) as queries:
        for _ in range(20):
            with store.as_of():
                assert faults("ZZ", TODAY) == []
                assert codelists.is_valid("package", "BX", on=TODAY)
    assert len(queries) == 0


def test_another_process_hears_of_it(admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that did not publish: after a few seconds, with one query."""
    with store.as_of():
        assert codelists.name("mode", "1") == "Maritime transport"
    publish(admin, "mode", "code,name\n1,Sea\n")
    with store.as_of():
        assert codelists.name("mode", "1") == "Maritime transport"
    monkeypatch.setattr(store, "EVERY", 0.0)
    with store.as_of():
        assert codelists.name("mode", "1") == "Sea"
        publish(admin, "mode", "code,name\n1,Ship\n", "3")
        assert codelists.name("mode", "1") == "Sea"  # one view sees one edition
    with store.as_of():
        assert codelists.name("mode", "1") == "Ship"


def test_damaged_codes_are_noticed(admin: Actor) -> None:
    edition = publish(admin, "mode", "code,name\n1,Sea\n")
    CodeEdition.objects.filter(pk=edition.pk).update(packed=pack([Code("1", "Other")]))
    with pytest.raises(store.StoreDamaged):
        store.load.__wrapped__(edition.pk)


@needs_official
def test_the_official_files_follow_the_shipped_ones(admin: Actor) -> None:
    for list_name, file, added, withdrawn in (
        ("unit", "rec20-annex2-3.csv", 1827, 0), ("package", "rec21.csv", 405, 0),
        ("hs", "harmonized-system.csv", 5612, 0), ("locode", "un-locode-2021-names.csv", 80910, 0),
    ):
        shipped = codelists.shipped(list_name)
        edition = publish(admin, list_name, official(file), "official", partial=list_name == "locode")
        assert edition.counts["withdrawn"] == withdrawn, list_name
        if list_name != "locode":
            assert edition.counts["codes"] == added
            assert edition.counts["added"] == added - len(shipped.codes)
        else:
            assert edition.counts["codes"] >= 80910
    store.refresh(at_once=True)
    with store.as_of():
        assert codelists.get("package", "VR").more["bulk"] == "bulk"
        assert check(wco.from_json(wine_dataset()), RuleContext("GE", TODAY)) == []
        assert [code.code for code in codelists.search("locode", "abu dhabi")][:1] == ["AEAUH"]
