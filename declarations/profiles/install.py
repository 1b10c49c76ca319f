"""What an administrator does to profiles. Each leaves an event; none leaves half a profile."""

import hashlib
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from declarations.profiles.models import InstalledProfile, ProfileGrant
from declarations.profiles.plan import Plan, examine
from declarations.wco.foreign import SchemaFault, SchemasRefused
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.record import record


def install(actor: Actor, plan: Plan, archive: bytes) -> InstalledProfile:
    """Examine a plan and put the profile in; from then on every process files by it.

    Raises SchemasRefused, and then nothing was kept.
    """
    _check(actor)
    examined = examine(plan, archive)
    try:
        with transaction.atomic():
            installed = InstalledProfile.objects.create(
                name=plan.name,
                version=plan.version,
                title=plan.title,
                valid_from=plan.valid_from,
                valid_to=plan.valid_to,
                archive=archive,
                sha256=hashlib.sha256(archive).hexdigest(),
                entries={kind.value: entry for kind, entry in plan.entries.items()},
                names=dict(plan.names),
                type_codes={code: kind.value for code, kind in plan.codes.items()},
                installed_by=actor.label,
                installed_by_user_id=actor.user_id,
            )
            _grant(actor, plan.name, plan.organisations)
            record(installed.pk, EventKind.PROFILE_INSTALLED, actor, {
                "profile": plan.name, "version": plan.version, "sha256": installed.sha256,
                "valid_from": plan.valid_from.isoformat(), "valid_to": _text(plan.valid_to),
                "entries": installed.entries, "type_codes": installed.type_codes,
                "names": installed.names, "schemas": examined.schema_count,
                "organisations": [o.identifier for o in plan.organisations],
            })
    except IntegrityError:  # two administrators at once
        raise SchemasRefused([SchemaFault(
            "SW-PROFILE-THERE", _("Version %(version)s of %(name)s has just been installed."),
            {"name": plan.name, "version": plan.version})]) from None
    return installed


def set_end(actor: Actor, pk: UUID, valid_to: date | None) -> InstalledProfile:
    """Say on which day a version is in force for the last time; None for no end.

    What was filed with it stays and is checked again by it. Raises SchemasRefused for a day
    before its first.
    """
    _check(actor)
    with transaction.atomic():
        installed = InstalledProfile.objects.without_archive().select_for_update().get(pk=pk)
        if valid_to is not None and valid_to < installed.valid_from:
            raise SchemasRefused([SchemaFault(
                "SW-PROFILE-DATES",
                _("The last day, %(last)s, is before the first, %(first)s. Correct one of them."),
                {"last": valid_to.isoformat(), "first": installed.valid_from.isoformat()})])
        before, installed.valid_to = installed.valid_to, valid_to
        if before != valid_to:
            installed.save(update_fields=["valid_to"])
            _changed(actor, installed, valid_to=_text(valid_to), was=_text(before))
    return installed


def set_organisations(actor: Actor, pk: UUID, organisations: list[Organisation]) -> None:
    """Say who may file with every version of the profile, instead of who did so far."""
    _check(actor)
    with transaction.atomic():
        installed = InstalledProfile.objects.without_archive().select_for_update().get(pk=pk)
        grants = ProfileGrant.objects.filter(name=installed.name).select_related("organisation")
        wanted = {one.pk for one in organisations}
        gone = [grant for grant in grants if grant.organisation_id not in wanted]
        had = {grant.organisation_id for grant in grants}
        new = [one for one in organisations if one.pk not in had]
        if not gone and not new:
            return
        ProfileGrant.objects.filter(pk__in=[grant.pk for grant in gone]).delete()
        _grant(actor, installed.name, new)
        _changed(actor, installed, granted=[one.identifier for one in new],
                 withdrawn=[grant.organisation.identifier for grant in gone])


def _grant(actor: Actor, name: str, organisations: Any) -> None:
    ProfileGrant.objects.bulk_create(
        [ProfileGrant(name=name, organisation=one, granted_by=actor.label)
         for one in organisations],
        ignore_conflicts=True,
    )


def _changed(actor: Actor, installed: InstalledProfile, **what: Any) -> None:
    record(installed.pk, EventKind.PROFILE_CHANGED, actor,
           {"profile": installed.name, "version": installed.version, **what})


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _check(actor: Actor) -> None:
    if not actor.may(Permission.ADMINISTER):
        raise PermissionDenied
