"""Dry runs: past declarations gone over by a draft and by the version in force, side by side.

The declarations are chosen when the run begins. Each step does some of them in one transaction with
the count of how many are done, so that a run which was broken off goes on where it stood and counts
nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Func, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.versions.models import UNFINISHED, RunBase, RunState
from agencies.versions.shelf import Shelf
from declarations.models import Declaration, Version
from portal.accounts.actors import SYSTEM, Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

STEP = 100
MOST = 20_000
SILENCE = timedelta(minutes=3)  # a run whose worker has not written for so long is begun again

D = TypeVar("D", bound=RunBase)


class Runs(Generic[D]):
    """The dry runs of the versions on one shelf."""

    model: type[D]
    shelf: ClassVar[Shelf[Any, Any]]
    tried: ClassVar[EventKind]
    columns: ClassVar[tuple[str, ...]]  # what a step writes, besides how far it is

    def wake(self, run_id: UUID) -> None:
        """Ask a worker to go on with it."""
        raise NotImplementedError

    def step(self, run: D, versions: Iterable[Version]) -> int:
        """Go over some declarations, by their newest versions; how many of them could be read."""
        raise NotImplementedError

    def found(self, run: D) -> dict[str, Any]:
        """What the journal should say of a run that is done."""
        raise NotImplementedError

    @transaction.atomic
    def begin(
        self, version_id: UUID, actor: Actor, date_from: date, date_to: date, sample: int
    ) -> D:
        """Order a run of a version; a worker is woken once this is committed."""
        version = self.shelf.model._default_manager.get(pk=version_id)
        now = timezone.now()
        run: D = self.model._default_manager.create(
            **{self.shelf.link: version}, base=self.shelf.in_force(),
            content=self.shelf.content_of(version), date_from=date_from, date_to=date_to,
            sample=min(sample, MOST), asked_at=now, heard_at=now, asked_by_id=actor.user_id,
        )
        transaction.on_commit(lambda: self.wake(run.pk), robust=True)
        return run

    def silent(self) -> list[UUID]:
        """Unfinished runs that nobody seems to work on."""
        old = self.model._default_manager.filter(
            state__in=UNFINISHED, heard_at__lt=timezone.now() - SILENCE)
        return list(old.values_list("pk", flat=True))

    def advance(self, run_id: UUID) -> bool:
        """Do the next step; True if there is more. Safe to call at any time and at once."""
        with transaction.atomic():
            run = (
                self.model._default_manager.select_for_update(skip_locked=True, of=("self",))
                .select_related(self.shelf.link, "base")
                .filter(pk=run_id, state__in=UNFINISHED).first()
            )
            if run is None:
                return False
            version = getattr(run, self.shelf.link)
            run.heard_at = timezone.now()
            if run.state == RunState.QUEUED:
                run.declarations = _chosen(run)
                run.total, run.state = len(run.declarations), RunState.RUNNING
                run.save()
            if self.shelf.content_of(version) != run.content:
                run.state, run.finished_at = RunState.STOPPED, timezone.now()
                run.problem = _("The draft was changed while it was being tried. Begin again.")
            else:
                self._step(run)
                if run.position >= run.total:
                    run.state, run.finished_at = RunState.DONE, timezone.now()
                    record(version.pk, self.tried, SYSTEM, {
                        "version": version.version, "declarations": run.total,
                        "run": str(run.pk), **self.found(run)})
            run.save(update_fields=["heard_at", "state", "problem", "finished_at", "position",
                                    "skipped", *self.columns])
            return run.is_unfinished

    def _step(self, run: D) -> None:
        chunk = run.declarations[run.position : run.position + STEP]
        versions = (
            Version.objects.filter(declaration__in=chunk, dataset__isnull=False)
            .select_related("declaration").order_by("declaration_id", "-number")
            .distinct("declaration_id")
        )
        run.skipped += len(chunk) - self.step(run, versions)
        run.position += len(chunk)


def _chosen(run: RunBase) -> list[UUID]:
    """Declarations accepted in those days, spread evenly: always the same for the same days."""
    zone = ZoneInfo(settings.PORTAL_TIME_ZONE)
    begin = datetime.combine(run.date_from, time.min, zone)
    end = datetime.combine(run.date_to + timedelta(days=1), time.min, zone)
    spread = Func(Cast(F("pk"), TextField()), function="md5", output_field=TextField())
    accepted = Declaration.objects.filter(accepted_at__gte=begin, accepted_at__lt=end)
    return list(accepted.order_by(spread).values_list("pk", flat=True)[: run.sample])
