"""The demo: seeded twice without change, and its samples filed with a real worker."""

import json
from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.utils import timezone
from pytest_django.fixtures import Settings

from agencies.calendars import Office
from agencies.forms import today
from agencies.inspections.models import Inspection
from agencies.models import Agency, ApprovalCondition, Review, RiskAssessment, RuleSet
from agencies.queues.terms import calendar_of
from agencies.risk.hit_rates import by_rule
from agencies.risk.profiles import SHELF
from agencies.states import ReviewState
from declarations import codelists
from declarations.models import Declaration, Response
from declarations.states import Channel, State
from exchange.models import OutboxMessage, Partner, PartnerKey, Subscription
from portal.accounts.models import Membership, Organisation, User
from portal.demo.filing import SamplesFailed, actor_of, file_all, file_one, take
from portal.demo.samples.catalogue import SAMPLES
from portal.demo.samples.sample import Sample
from portal.demo.transits import seed_passage
from portal.journal.models import Event
from tests.factories import run_pipeline
from tests.worker import Worker

# A neighbour's key, as it would leave it in the shared folder.
NEIGHBOUR_KEY = {
    "key_id": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    "public_key": "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n",
}


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for keys, with Azerbaijan's in it, and Azerbaijan as a peer that answers nothing."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PEERS", "AZ=http://127.0.0.1:9")
    folder = tmp_path / "demo-keys"
    folder.mkdir()
    (folder / "AZ.json").write_text(json.dumps(NEIGHBOUR_KEY))
    return folder


def seed() -> str:
    out = StringIO()
    call_command("seed", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_seed_makes_a_country_and_can_run_again(keys: Path) -> None:
    first = seed()
    assert "Georgia: 13 organisations, 5 agencies, 11 sign-ins" in first
    assert "Partners: AZ" in first
    tables = (Organisation, User, Membership, Agency, RuleSet, Partner, PartnerKey, Subscription)
    before = [table.objects.count() for table in tables]
    assert seed() == first
    assert [table.objects.count() for table in tables] == before
    written = json.loads((keys / "GE.json").read_text())
    assert written["public_key"].startswith("-----BEGIN PUBLIC KEY-----")
    assert RuleSet.objects.in_force().get().rules.count() == 10


@pytest.mark.django_db
def test_the_agencies_have_places_hours_and_leave(keys: Path) -> None:
    seed()
    customs = Agency.objects.get(code="customs")
    poti = customs.offices.get(customs_offices__contains=["GE000104"])
    assert {user.username for user in poti.officers.all()} == {"customs", "customs2"}
    assert set(Office.objects.of_officer(actor_of("customs2"))) == {poti}
    codes = [code for office in customs.offices.all() for code in office.customs_offices]
    assert len(codes) == len(set(codes)) and set(codes) <= set(codelists.codes("office"))

    saturday = datetime(2026, 8, 29, 12, tzinfo=ZoneInfo("Asia/Tbilisi"))
    phyto = calendar_of(Agency.objects.get(code="phyto"))
    assert phyto.add(saturday, timedelta(hours=1)).isoformat() == "2026-08-31T06:00:00+00:00"
    assert calendar_of(customs).add(saturday, timedelta(hours=1)) == saturday + timedelta(hours=1)
    assert customs.holidays.filter(day=date(today().year, 5, 26)).exists()

    leave = customs.absences.get()
    assert 1 <= (leave.first_day - today()).days <= 7
    assert (leave.officer.username, leave.deputy.username) == ("customs2", "customs")
    leave.delete()
    customs.working_days = [1]
    customs.save()
    seed()
    customs.refresh_from_db()
    assert customs.working_days == [1]  # what an agency set itself stays


@pytest.mark.django_db
def test_the_demo_sign_ins_open_the_right_rooms(keys: Path) -> None:
    seed()
    request = RequestFactory().post("/account/login/")
    for name in ("trader", "broker", "customs", "phyto", "vet", "cites", "radiation", "admin"):
        assert authenticate(request, username=name, password="demo") is not None
    assert actor_of("trader").files
    assert actor_of("broker").files
    assert actor_of("customs").reviews
    assert actor_of("cites").reviews
    assert actor_of("admin").administers
    assert not actor_of("trader").reviews
    assert [user.username for user in User.objects.filter(is_superuser=True)] == ["admin"]


@pytest.mark.django_db
def test_seed_of_the_neighbour_has_its_own_names(
    keys: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PORTAL_COUNTRY = "AZ"
    monkeypatch.setenv("PEERS", "GE=http://127.0.0.1:9")
    assert "Keys of GE are not there yet" in seed()
    assert Agency.objects.get(code="customs").name == "State Customs Committee"
    assert actor_of("trader").organisation_name == "Abseron Qida Ticaret MMC"


@pytest.mark.django_db
def test_seed_refuses_outside_the_demo(settings: Settings) -> None:
    settings.TESTING = settings.DEMO = False
    with pytest.raises(CommandError, match="PORTAL_DEMO=1"):
        seed()
    with pytest.raises(CommandError, match="PORTAL_DEMO=1"):
        call_command("file_samples")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_seed_tells_of_a_country_that_it_does_not_know(settings: Settings) -> None:
    settings.PORTAL_COUNTRY = "TR"
    with pytest.raises(CommandError, match="AZ, GE, KZ, not for TR"):
        seed()


@pytest.mark.django_db
def test_samples_need_the_seed() -> None:
    with pytest.raises(SamplesFailed, match=r"manage\.py seed"):
        list(file_all(SAMPLES["GE"], "GE"))


def test_the_samples_leave_a_portal_worth_looking_at(keys: Path, worker: Worker) -> None:
    seed()
    out = StringIO()
    call_command("file_samples", stdout=out)
    assert out.getvalue().count("\n") == 20  # with three permits, two deliveries on them, two visits

    states = Counter(Declaration.objects.values_list("state", flat=True))
    assert states == {
        State.RELEASED: 9, State.REFUSED: 1, State.REJECTED: 1, State.UNDER_REVIEW: 8,
        State.INSPECTION: 1,
    }
    assert set(Declaration.objects.values_list("versions__channel", flat=True)) == {
        Channel.FORM, Channel.REST, Channel.FILE
    }

    rejected = Declaration.objects.get(state=State.REJECTED)
    assert [fault["code"] for fault in rejected.current.faults] == [
        "SW-R-HDR-009", "SW-R-VAL-006", "SW-R-TRN-011", "SW-R-ITM-003", "SW-R-ITM-015",
    ]
    assert rejected.mrn is None
    assert Response.objects.filter(declaration=rejected, function_code="03").count() == 1

    lanes = dict(RiskAssessment.objects.values_list("declaration__lrn", "lane"))
    assert lanes["KFF-2026-0409"] == lanes["KFF-2026-0412"] == "green"
    assert lanes["CCB-2026-1134"] == "red"
    green = Event.objects.of(Declaration.objects.get(lrn="KFF-2026-0409").pk)
    assert green.get(kind="released").payload["automatic"] is True

    refused = Declaration.objects.get(state=State.REFUSED)
    review = refused.reviews.get(state=ReviewState.REFUSED)
    assert review.queue.agency.code == "phyto"
    assert "Grapholita molesta" in review.reason
    assert refused.reviews.get(queue__agency__code="customs").state == ReviewState.LAPSED

    caviar = Declaration.objects.get(lrn="KFF-2026-0425")
    assert {(r.queue.agency.code, r.state) for r in caviar.reviews.all()} == {
        ("cites", ReviewState.OPEN), ("vet", ReviewState.OPEN), ("customs", ReviewState.WAITING),
    }
    permit = Declaration.objects.get(kind="lpco", state=State.UNDER_REVIEW)
    assert [r.queue.agency.code for r in permit.reviews.all()] == ["cites"]
    scrap = Declaration.objects.get(lrn="CCB-2026-1134")
    assert scrap.reviews.get(state=ReviewState.OPEN).queue.agency.code == "radiation"
    claimed = Review.objects.filter(state=ReviewState.CLAIMED)
    assert sorted(r.claimed_by.username for r in claimed) == [
        "customs", "customs", "customs", "phyto", "vet",
    ]
    visit = Inspection.objects.get(declaration__lrn="CCB-2026-1120")
    assert visit.declaration.lrn == "CCB-2026-1120" and visit.confirmed_at is not None
    assert {one.agency.code for one in visit.participants.taking_part()} == {"customs", "phyto"}

    yarn = Inspection.objects.get(declaration__lrn="CCB-2026-1131")
    assert yarn.state == "closed" and yarn.discrepancy
    rates = {one.rule.code: one.rate for one in by_rule(
        SHELF.in_force(), timezone.now() - timedelta(days=1), timezone.now())}
    assert (rates["new-trader"].inspected, rates["new-trader"].found) == (1, 1)
    nuts = Declaration.objects.get(lrn="CCB-2026-1115")
    assert nuts.state == State.UNDER_REVIEW
    assert not nuts.reviews.exclude(state=ReviewState.APPROVED).exists()
    held = ApprovalCondition.objects.about(nuts.pk).holding_up().get()
    assert held.code == "PP-01" and held.text_ru.startswith("Сдайте")
    assert set(Review.objects.filter(declaration__lrn="KFF-2026-0398").values_list(
        "office__code", flat=True)) == {None, "poti"}

    # Wine and polymers came from Azerbaijan, sparkling wine goes there; Kazakhstan is no partner here.
    messages = OutboxMessage.objects.filter(partner__country="AZ")
    assert sorted(m.declaration.lrn for m in messages) == [
        "CCB-2026-1108", "KFF-2026-0412", "KFF-2026-0417", "KFF-2026-P012-1", "KFF-2026-P012-2",
    ]

    again = StringIO()
    call_command("file_samples", stdout=again)
    assert again.getvalue().count("(was there)") == 15
    assert Declaration.objects.count() == 20


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("country", "sample"),
    [(country, sample) for country in ("AZ", "KZ") for sample in SAMPLES[country]],
    ids=lambda value: value.title if isinstance(value, Sample) else value,
)
def test_a_sample_of_the_neighbours_ends_as_planned(
    country: str, sample: Sample, keys: Path, settings: Settings
) -> None:
    settings.PORTAL_COUNTRY = country
    seed()
    declaration = run_pipeline(file_one(sample, date.today(), country).declaration)
    for step in sample.steps:
        take(step, declaration)
    declaration.refresh_from_db()
    assert declaration.state == sample.ends
    assert declaration.mrn[2:4] == country
    movement = seed_passage(country)
    assert (movement is not None) == (sample.title == "Batteries from Almaty to Tbilisi")
