"""What inspectors note on site, each finding for itself, and the signatures that end the visit.

A phone may send the same finding again when it never heard the answer. The key that it made for it
and the content decide: the same is known already, the same key with another content is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.cases import Case, DecisionError
from agencies.inspections import photographs
from agencies.inspections.models import TEXT_LENGTH, Finding, Inspection, Participant, Photograph
from agencies.inspections.states import (
    TAKES_PART,
    Aspect,
    FindingKind,
    InspectionState,
    Part,
    Verdict,
)
from agencies.inspections.visits import about, go_back, lock_visit
from declarations import lifecycle
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record


class KeyReused(DecisionError):
    """The key was used for another finding."""


@dataclass(frozen=True, slots=True)
class Note:
    """A finding as it is sent. ``item``: number of a goods item; None: the whole consignment."""

    kind: str
    item: int | None = None
    verdict: str = ""
    aspects: Sequence[str] = ()
    text: str = ""
    sample: str = ""
    laboratory: str = ""
    seal_removed: str = ""
    seal_applied: str = ""

    def digest(self, pictures: Iterable[str]) -> str:
        content = {one.name: getattr(self, one.name) for one in fields(self)}
        content["aspects"] = sorted(self.aspects)
        content["pictures"] = list(pictures)
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def note(
    inspection_id: UUID, actor: Actor, key: UUID, what: Note,
    files: Sequence[UploadedFile] = (), noted_at: datetime | None = None,
) -> tuple[Finding, bool]:
    """Keep the finding; the first one begins the visit. Returns it and whether it is new.

    Raises Inspection.DoesNotExist for another agency's, KeyReused, or DecisionError when it cannot
    be taken: nothing is kept then.
    """
    found = Inspection.objects.of_agency(actor).get(pk=inspection_id)
    sha256 = what.digest(photographs.digests(files))
    if (known := _known(found.pk, actor, key, sha256)) is not None:
        return known, False
    _must_be_sound(what, found, bool(files))
    kept = photographs.receive(list(files))
    try:
        with transaction.atomic():
            case, inspection, part = lock_visit(inspection_id, actor)
            if (known := _known(found.pk, actor, key, sha256)) is not None:
                finding, is_new = known, False
            else:
                finding = _keep(case, inspection, part, actor, key, sha256, what, kept, noted_at)
                is_new = True
    except BaseException:
        photographs.drop(kept)
        raise
    if not is_new:
        photographs.drop(kept)
    return finding, is_new


def _known(inspection_id: UUID, actor: Actor, key: UUID, sha256: str) -> Finding | None:
    known = Finding.objects.filter(inspection=inspection_id, key=key).first()
    if known is None:
        return None
    if known.sha256 != sha256 or known.officer_id != actor.user_id:
        raise KeyReused(_("This was noted before with another content. Note it anew."))
    return known


def _keep(
    case: Case, inspection: Inspection, part: Participant, actor: Actor, key: UUID, sha256: str,
    what: Note, kept: list[photographs.Kept], noted_at: datetime | None,
) -> Finding:
    assert actor.user_id is not None
    now = timezone.now()
    if inspection.state == InspectionState.CALLED:
        raise DecisionError(_("Nothing is appointed yet. Fix time and place first."))
    if part.part == Part.SIGNED:
        raise DecisionError(_("Your agency has signed its result: nothing can be added to it."))
    if part.part != Part.JOINED:
        raise DecisionError(_("Your agency does not take part in this inspection."))
    if inspection.state == InspectionState.APPOINTED:
        inspection.state, inspection.started_at = InspectionState.STARTED, now
        inspection.save(update_fields=["state", "started_at"])
        record(case.declaration.pk, EventKind.INSPECTION_STARTED, actor, about(part))
    finding = Finding.objects.create(
        inspection=inspection, agency=part.agency, officer_id=actor.user_id, key=key,
        sha256=sha256, noted_at=_noted(noted_at, inspection, now), received_at=now,
        **{one.name: getattr(what, one.name) for one in fields(what)},
    )
    for one in kept:
        Photograph.objects.create(
            finding=finding, name=one.name, file=one.path, media_type=one.media_type,
            size=one.size, sha256=one.sha256,
        )
    # The trader reads the journal too: it proves the finding by its hash and does not tell it.
    record(case.declaration.pk, EventKind.INSPECTION_NOTED, actor, about(part) | {
        "finding": str(finding.pk), "sha256": sha256,
    })
    return finding


def _noted(told: datetime | None, inspection: Inspection, now: datetime) -> datetime:
    """The phone's clock, unless it is wrong: nothing was found before the inspection was called."""
    return told if told is not None and inspection.called_at <= told <= now else now


def _must_be_sound(what: Note, inspection: Inspection, has_pictures: bool) -> None:
    count = inspection.declaration.item_count
    if what.kind not in FindingKind.values:
        raise DecisionError(_("Choose what you note."), "kind")
    if what.item is not None and not 1 <= what.item <= count:
        raise DecisionError(_("There is no such goods item."), "item")
    if len(what.text) > TEXT_LENGTH:
        raise DecisionError(_("The text is longer than %(count)s characters. Shorten it.")
                            % {"count": TEXT_LENGTH}, "text")
    if what.kind == FindingKind.CHECK:
        if what.verdict not in Verdict.values:
            raise DecisionError(_("Choose whether it is as declared."), "verdict")
        if what.verdict == Verdict.DISCREPANCY and not (
            what.aspects and set(what.aspects) <= set(Aspect.values) and what.text
        ):
            raise DecisionError(_("Choose in what it differs, and write what you found."), "text")
        if what.verdict == Verdict.AS_DECLARED and what.aspects:
            raise DecisionError(
                _("It cannot be as declared and differ. Choose Discrepancy."), "verdict")
    if what.kind == FindingKind.SAMPLE and not what.sample:
        raise DecisionError(_("Write the number of the sample."), "sample")
    if what.kind == FindingKind.SEAL and not (what.seal_removed or what.seal_applied):
        raise DecisionError(_("Write the number of the seal removed, or of the new one."),
                            "seal_removed")
    if what.kind == FindingKind.NOTE and not (what.text or has_pictures):
        raise DecisionError(_("Write what you saw, or take a photograph."), "text")


# --- the result -----------------------------------------------------------------------------


def sign(inspection_id: UUID, actor: Actor, conclusion: str = "") -> Inspection:
    """Sign the own agency's result. The last signature closes the visit for all agencies, and the
    declaration goes back to them."""
    conclusion = conclusion.strip()[:TEXT_LENGTH]
    with transaction.atomic():
        case, inspection, part = lock_visit(inspection_id, actor)
        if part.part == Part.SIGNED:
            raise DecisionError(_("Your agency has signed already."))
        if part.part != Part.JOINED:
            raise DecisionError(_("Your agency does not take part in this inspection."))
        if inspection.state != InspectionState.STARTED:
            raise DecisionError(_("Nothing was found yet. Note on site what you see, and sign then."))
        if missing := unchecked(part):
            raise DecisionError(missing)
        part.part, part.conclusion = Part.SIGNED, conclusion
        part.signed_by_id, part.signed_at = actor.user_id, timezone.now()
        part.save(update_fields=["part", "conclusion", "signed_by", "signed_at"])
        record(case.declaration.pk, EventKind.INSPECTION_SIGNED, actor, about(part))
        if not inspection.participants.filter(part=Part.JOINED).exists():
            _close(case, inspection, actor)
        return inspection


def unchecked(part: Participant) -> str:
    """What the agency wanted to see and has not checked, in words; nothing if it has all."""
    checked = set(
        Finding.objects.filter(inspection=part.inspection_id, agency=part.agency_id,
                               kind=FindingKind.CHECK).values_list("item", flat=True)
    )
    missing = [number for number in part.items if number not in checked]
    if missing:
        return _("Check these goods items first: %(items)s.") % {
            "items": ", ".join(map(str, missing))}
    return "" if checked else _("Note at least one check: as declared, or a discrepancy.")


def standing(inspection: Inspection) -> list[Finding]:
    """The checks that count: of each agency the last one of an item."""
    last: dict[tuple[UUID, int | None], Finding] = {}
    for one in inspection.findings.filter(kind=FindingKind.CHECK).order_by("received_at", "id"):
        last[one.agency_id, one.item] = one
    return list(last.values())


def _close(case: Case, inspection: Inspection, actor: Actor) -> None:
    now = timezone.now()
    inspection.participants.exclude(part__in=TAKES_PART).filter(part=Part.ASKED).update(
        part=Part.NOT_NEEDED)
    inspection.state, inspection.closed_at = InspectionState.CLOSED, now
    inspection.discrepancy = any(
        one.verdict == Verdict.DISCREPANCY for one in standing(inspection))
    inspection.save(update_fields=["state", "closed_at", "discrepancy"])
    result = Verdict.DISCREPANCY if inspection.discrepancy else Verdict.AS_DECLARED
    go_back(case, lifecycle.Action.CLOSE_INSPECTION, actor, {
        "inspection": str(inspection.pk), "result": result.value,
    })
