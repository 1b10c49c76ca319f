"""What an event of an agency's administration says, in words."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.administration.keeping import ADDED, REMOVED
from agencies.calendars import Absence, Holiday, Office
from agencies.conditions_of_approval import ConditionTemplate
from agencies.correspondence import RequestTemplate
from agencies.inspections.models import Site
from agencies.models import Agency, Queue
from agencies.permits.models import PermitScheme
from portal.journal.kinds import EventKind

MODELS: dict[str, type[Model]] = {
    EventKind.OFFICES_CHANGED: Office,
    EventKind.WORKING_TIME_CHANGED: Agency,
    EventKind.HOLIDAYS_CHANGED: Holiday,
    EventKind.ABSENCES_CHANGED: Absence,
    EventKind.QUEUES_CHANGED: Queue,
    EventKind.CONDITION_TEMPLATES_CHANGED: ConditionTemplate,
    EventKind.REQUEST_TEMPLATES_CHANGED: RequestTemplate,
    EventKind.SITES_CHANGED: Site,
    EventKind.SCHEMES_CHANGED: PermitScheme,
}
# Fields whose models do not name them for people.
LABELS = {
    "working_days": gettext_lazy("Working days"), "opens_at": gettext_lazy("Opens at"),
    "closes_at": gettext_lazy("Closes at"), "time_zone": gettext_lazy("Time zone"),
    "service_hours": gettext_lazy("Hours to a decision"), "name": gettext_lazy("Name"),
    "code": gettext_lazy("Code"), "office": gettext_lazy("Office"), "text": gettext_lazy("Text"),
    "title": gettext_lazy("Title"), "documents": gettext_lazy("Documents"),
    "days": gettext_lazy("Days to answer"),
}


def details(kind: str, payload: dict[str, Any]) -> list[str]:
    """Lines below the kind of the event; none if it is not one of these."""
    model = MODELS.get(kind)
    if model is None:
        return []
    did = {ADDED: _("Added: %(name)s"), REMOVED: _("Removed: %(name)s")}.get(
        payload.get("did", ""), "%(name)s")
    lines = [did % {"name": payload.get("name", "")}]
    if payload.get("did") != ADDED:
        lines += [_line(model, field, *values)
                  for field, values in (payload.get("changes") or {}).items()]
    lines += payload.get("days") or []
    if moved := payload.get("reviews_moved"):
        lines.append(ngettext("Due date of %(count)s review moved",
                              "Due dates of %(count)s reviews moved", moved) % {"count": moved})
    return lines


def _line(model: type[Model], field: str, before: Any, after: Any) -> str:
    return _("%(field)s: %(before)s → %(after)s") % {
        "field": _label(model, field), "before": _word(before), "after": _word(after)}


def _label(model: type[Model], field: str) -> str:
    if field in LABELS:
        return str(LABELS[field])
    try:
        name = str(model._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:  # of a version before or after this one
        return field
    return name[:1].upper() + name[1:]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value) if value != "" else "—"
