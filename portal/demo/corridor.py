"""Two neighbours at work on the same goods: exports told ahead, a permit used abroad, second thoughts.

Runs beside the open portals, each in its own process: Georgia waits for what Azerbaijan sends it by
the exchange, and for the number of a permit, which the demo's portals leave each other in a folder
as a trader sends his buyer the paper. Safe to run again. Raises SamplesFailed.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from agencies import cancellations, decisions
from agencies.models import Review
from agencies.permits import application as applications
from agencies.permits import issuing
from agencies.permits.models import Permit, PermitScheme
from agencies.states import ReviewState
from declarations import amending, wco
from declarations.change_request import ChangeRequest
from declarations.models import Declaration
from declarations.states import Channel, State
from exchange.advance.models import Advance
from exchange.models import ForeignUse, Partner
from exchange.permits.states import Answer
from portal.demo.filing import Filed, SamplesFailed, actor_of, file_one, wait_until_read, within
from portal.demo.partners import keys_folder
from portal.demo.samples import corridor
from portal.demo.samples.sample import Sample

PATIENCE_SECONDS = 120.0
DELIVERIES = (("18", True), ("12", False))  # kilograms; whether it is released


def work(country: str) -> Iterator[str]:
    """Do this country's part; a line of words for each thing done."""
    today = datetime.now(UTC).astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date()
    if country == "AZ":
        yield from _azerbaijan(today)
    elif country == "GE" and Partner.objects.filter(country="AZ").exists():
        yield from _georgia(today)


# --- Azerbaijan -----------------------------------------------------------------------------
def _azerbaijan(today: date) -> Iterator[str]:
    permit = _export_permit(today)
    _paper().parent.mkdir(parents=True, exist_ok=True)
    _paper().write_text(permit.number)
    yield f"{permit.get_state_display()} {permit.number}, to be used in Georgia"

    out = _file(today, Sample("Polyethylene, told ahead", "broker", corridor.polyethylene_out))
    if out.new:
        _approve(out.declaration, "customs")
    yield f"{out.declaration.get_state_display()} {out.declaration.lrn}, told to Georgia ahead"

    juice = _file(today, Sample("Juice, corrected", "broker", corridor.juice_out))
    if juice.new:
        _amend(juice.declaration, corridor.juice_out_corrected(today))
        _approve(juice.declaration, "phyto", "customs")
    yield f"{juice.declaration.get_state_display()} {juice.declaration.lrn}, corrected on the way"

    lot = _file(today, Sample("Second lot, cancelled", "broker", corridor.second_lot_out))
    if lot.new:
        asked = cancellations.ask(
            lot.declaration.pk, actor_of("broker"), "The lot was sold to another buyer.")
        cancellations.grant(asked.pk, actor_of("customs"))
        lot.declaration.refresh_from_db()
    yield f"{lot.declaration.get_state_display()} {lot.declaration.lrn}"


def _export_permit(today: date) -> Permit:
    applied = _file(today, Sample("Export permit", "broker", corridor.export_permit)).declaration
    known = Permit.objects.filter(application=applied).first()
    if known is not None:
        return known
    _approve(applied, "cites")
    scheme = PermitScheme.objects.get(agency__code="cites", permit_type="CIT")
    return issuing.issue(
        applied.pk, scheme, actor_of("cites"), applications.asked(applied, scheme))


def _amend(declaration: Declaration, made: wco.Declaration) -> None:
    """The broker's correction; in force at once, as nobody has taken the declaration up."""
    made.FunctionCode, made.ID = amending.REPLACEMENT, declaration.mrn
    body = wco.to_xml(made, wco.get_profile("carec"), country=settings.PORTAL_COUNTRY)
    change = amending.ask(
        actor_of("broker"), declaration.pk, body, "Twenty cartons were left in the cellar.",
        channel=Channel.REST)

    def in_force() -> bool:
        return ChangeRequest.objects.get(pk=change.pk).granted_number is not None

    _wait(in_force, f"The amendment of {declaration.lrn} is not in force.")


# --- Georgia --------------------------------------------------------------------------------
def _georgia(today: date) -> Iterator[str]:
    key = "doc:" + "".join(filter(str.isalnum, corridor.WAYBILL))
    _wait(Advance.objects.filter(keys__contains=[key]).exists,
          f"Azerbaijan has not told of {corridor.WAYBILL}.")
    found = _file(today, Sample("Polyethylene, less than left", "broker", corridor.polyethylene_in))
    yield f"{found.declaration.get_state_display()} {found.declaration.lrn}, differs from the export"

    _wait(_paper().exists, "Azerbaijan has not granted the permit.")
    permit = _paper().read_text().strip()
    for number, (kilograms, released) in enumerate(DELIVERIES, start=1):
        def make(day: date, number: int = number, kilograms: str = kilograms) -> wco.Declaration:
            return corridor.delivery(day, number, kilograms, permit)

        filed = _file(today, Sample("Caviar on a permit of Azerbaijan", "trader", make))
        if filed.new and released:
            uses = ForeignUse.objects.filter(declaration=filed.declaration, answer=Answer.GRANTED)
            _wait(uses.exists, f"Azerbaijan has not answered for permit {permit}.")
            _approve(filed.declaration, "cites", "vet", "customs")
        yield (f"{filed.declaration.get_state_display()} {filed.declaration.lrn}, {kilograms} kg on "
               f"permit {permit}")


# --- both -----------------------------------------------------------------------------------
def _paper() -> Path:
    return keys_folder().with_name("demo-papers") / "caviar-permit.txt"


def _file(today: date, sample: Sample) -> Filed:
    filed = file_one(sample, today, settings.PORTAL_COUNTRY)
    if filed.new:
        wait_until_read(filed.declaration)
        if filed.declaration.state == State.REJECTED:
            told = "; ".join(fault["message"] for fault in filed.declaration.current.faults)
            raise SamplesFailed(f"{filed.declaration.lrn} was rejected: {told}")
    return filed


def _approve(declaration: Declaration, *agencies: str) -> None:
    """Of these agencies, those that have something to say."""
    for code in agencies:
        officer: Any = actor_of(code)
        review = Review.objects.of_agency(officer).filter(
            declaration=declaration, state=ReviewState.OPEN).first()
        if review is not None:
            decisions.claim(review.pk, officer)
            decisions.approve(review.pk, officer)
    declaration.refresh_from_db()


def _wait(done: Any, otherwise: str) -> None:
    if not within(PATIENCE_SECONDS, done):
        raise SamplesFailed(otherwise)
