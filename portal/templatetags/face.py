"""Template tags that give every page the same face: states, times, amounts, codes, pages.

Load with ``{% load face %}``. See templates/README.md.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import lucide
from django import template
from django.conf import settings
from django.core.paginator import Page
from django.db.models import Choices
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from declarations.states import State
from portal.pages import names

register = template.Library()

# state -> (icon, tone). Values are shared by declarations, reviews, outbox messages and rule sets.
STATES: dict[str, tuple[str, str]] = {
    "draft": ("pencil-line", "mute"),
    "submitted": ("loader", "info"),
    "rejected": ("circle-x", "bad"),
    "accepted": ("circle-check", "info"),
    "under_review": ("landmark", "wait"),
    "information_required": ("message-circle-question-mark", "wait"),
    "inspection": ("scan-search", "wait"),
    "released": ("badge-check", "good"),
    "refused": ("ban", "bad"),
    "cancelled": ("circle-slash", "mute"),
    "amended": ("file-pen-line", "mute"),
    "waiting": ("hourglass", "mute"),
    "open": ("inbox", "wait"),
    "claimed": ("user-round-check", "info"),
    "approved": ("check", "good"),
    "lapsed": ("circle-minus", "mute"),
    "answered": ("message-circle-reply", "info"),
    "withdrawn": ("undo-2", "mute"),
    "asked": ("message-circle-question-mark", "wait"),
    "granted": ("check", "good"),
    "denied": ("ban", "bad"),
    "writing": ("pencil-line", "mute"),
    "checking": ("loader", "info"),
    "handed_on": ("check", "info"),
    "pending": ("clock", "info"),
    "delivered": ("check-check", "good"),
    "parked": ("triangle-alert", "bad"),
    "expired": ("timer-off", "mute"),
    "skipped": ("skip-forward", "mute"),
    "published": ("check", "good"),
    "retired": ("archive", "mute"),
    "unsigned": ("signature", "wait"),
    "in_force": ("badge-check", "good"),
    "suspended": ("circle-pause", "wait"),
    "revoked": ("ban", "bad"),
    "exhausted": ("battery", "mute"),
    "replaced": ("replace", "mute"),
    "reserved": ("bookmark", "info"),
    "written_off": ("check", "good"),
    "freed": ("undo-2", "mute"),
    "called": ("calendar-plus", "wait"),
    "appointed": ("calendar-check", "info"),
    "started": ("scan-search", "info"),
    "closed": ("signature", "good"),
    "called_off": ("circle-slash", "mute"),
    "joined": ("user-plus", "info"),
    "not_needed": ("circle-minus", "mute"),
    "signed": ("signature", "good"),
    "as_declared": ("check", "good"),
    "discrepancy": ("triangle-alert", "bad"),
    "transit_released": ("route", "info"),
    "transit_under_way": ("truck", "info"),
    "transit_arrived": ("map-pin-check", "wait"),
    "transit_controlled": ("scan-search", "wait"),
    "transit_disputed": ("triangle-alert", "bad"),
    "transit_discharged": ("badge-check", "good"),
    "transit_enquired": ("search", "wait"),
    "transit_missing": ("map-pin-off", "bad"),
    "transit_recovered": ("banknote", "bad"),
    "transit_cancelled": ("circle-slash", "mute"),
    "transit_left_out": ("milestone", "mute"),
    "hold_held": ("shield", "wait"),
    "hold_freed": ("shield-check", "good"),
    "hold_claimed": ("shield-alert", "bad"),
    "declared": ("file-check", "info"),
    "left": ("package-check", "good"),
    "void": ("package-x", "bad"),
    "notice_applied": ("check", "good"),
    "notice_waiting": ("hourglass", "wait"),
    "notice_set_aside": ("archive", "bad"),
}


def icon(name: str, size: int = 16) -> SafeString:
    """An icon that a screen reader skips: words always stand beside it."""
    svg = lucide._render_icon(name, size, aria_hidden="true", focusable="false")
    return mark_safe(svg)  # noqa: S308 - our own SVG, from a name in our code


def badge(value: str, label: object) -> SafeString:
    name, tone = STATES.get(value, ("circle", "mute"))
    return format_html('<span class="state state-{}">{}<span>{}</span></span>',
                       tone, icon(name, 14), label)


@register.simple_tag
def state_badge(subject: Any) -> SafeString:
    """Icon, word and colour for the state of a declaration, review, message or rule set.

    ``subject`` is the object (its ``state`` or ``status``), a member of one of the state enums, or
    the value of a declaration's state.
    """
    if isinstance(subject, Choices):
        return badge(str(subject.value), subject.label)
    if isinstance(subject, str):
        return badge(subject, State(subject).label)
    attribute = "state" if hasattr(subject, "state") else "status"
    return badge(getattr(subject, attribute), getattr(subject, f"get_{attribute}_display")())


@register.simple_tag
def country(code: str | None) -> str:
    """Name of the country in the language of the page; the code itself if unknown."""
    return names.country(code or "")


@register.simple_tag
def named(list_name: str, code: str | None) -> str:
    """What a code of one of the portal's lists means; nothing if the list does not know it."""
    return names.of(list_name, code or "")


@register.simple_tag
def country_code(code: str | None) -> SafeString:
    """The code with its name as a tooltip, for narrow columns."""
    if not code:
        return SafeString("")
    return format_html('<abbr class="code" title="{}">{}</abbr>', names.country(code), code)


@register.simple_tag
def amount(value: Any, currency: str = "", places: int | None = 2) -> SafeString:
    """A number with its currency or unit (kg for KGM), grouped; nothing if there is none.

    ``places``: digits after the point; None keeps those that are there (masses, quantities).
    """
    if value in (None, ""):
        return SafeString("")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return format_html("{}", value)
    if places is None:
        number = number.normalize()
        places = max(0, -int(number.as_tuple().exponent))
    text = formats.number_format(number, places, use_l10n=True, force_grouping=True)
    if not currency:
        return format_html('<span class="number">{}</span>', text)
    return format_html('<span class="number">{}\u00a0<span class="unit">{}</span></span>',
                       text, names.unit(currency))


@register.simple_tag
def hs(code: str | None, words: bool = True) -> SafeString:
    """An HS code in the usual groups, and what it stands for."""
    if not code:
        return SafeString("")
    text = names.commodity(code) if words else ""
    shown = names.grouped_hs(code)
    if not text:
        return format_html('<span class="code hs">{}</span>', shown)
    return format_html('<span class="code hs">{}</span> <span class="hs-text">{}</span>', shown, text)


@register.simple_tag
def response_function(code: str) -> str:
    """What a Response with this function code says, in words."""
    return names.response_function(code)


@register.filter
def breakable(path: str) -> SafeString:
    """A path of the message that may be broken into lines after each step."""
    return format_html_join(mark_safe("/<wbr>"), "{}", ((step,) for step in path.split("/")))


def local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE))


def _moment(value: datetime | str | None) -> datetime | None:
    if isinstance(value, str):
        value = parse_datetime(value)
    if value is not None and timezone.is_naive(value):
        value = value.replace(tzinfo=UTC)
    return value


@register.simple_tag
def when(value: datetime | str | None, seconds: bool = False) -> SafeString:
    """Date and time in the portal's time zone, machine-readable in UTC; a dash if there is none."""
    moment = _moment(value)
    if moment is None:
        return SafeString("—")
    utc = moment.astimezone(UTC)
    # Translators: date and time of day, in the notation of Django's date filter
    notation = _("j M Y, H:i:s") if seconds else _("j M Y, H:i")
    return format_html('<time datetime="{}" title="{} UTC">{}</time>',
                       utc.isoformat(timespec="seconds"), utc.strftime("%Y-%m-%d %H:%M:%S"),
                       formats.date_format(local(moment), notation))


@register.simple_tag
def ago(value: datetime | str | None) -> SafeString:
    """How long ago, in words (“3 hours ago”), with the exact time as tooltip."""
    moment = _moment(value)
    if moment is None:
        return SafeString("—")
    if timezone.now() - moment < timedelta(minutes=1):
        words = _("just now")
    else:
        words = _("%(time)s ago") % {"time": timesince(moment, depth=1)}
    shown = formats.date_format(local(moment), _("j M Y, H:i"))
    return format_html('<time datetime="{}" title="{}">{}</time>',
                       moment.astimezone(UTC).isoformat(timespec="seconds"), shown, words)


@register.simple_tag
def due(value: datetime | None) -> SafeString:
    """Time left until a deadline, or how long it is overdue (marked by icon and word)."""
    if value is None:
        return SafeString("—")
    now = timezone.now()
    shown = formats.date_format(local(value), _("j M Y, H:i"))
    iso = value.astimezone(UTC).isoformat(timespec="seconds")
    if value < now:
        words = _("%(time)s overdue") % {"time": timesince(value, now, depth=1)}
        return format_html('<time class="due due-late" datetime="{}" title="{}">{} {}</time>',
                           iso, shown, icon("alarm-clock", 14), words)
    words = _("%(time)s left") % {"time": timesince(now, value, depth=1)}
    return format_html('<time class="due" datetime="{}" title="{}">{}</time>', iso, shown, words)


@dataclass(frozen=True)
class PageLink:
    number: int | str
    url: str
    current: bool


@register.simple_tag(takes_context=True)
def page_links(context: template.Context, page: Page, parameter: str = "") -> dict[str, Any]:
    """Addresses of the neighbouring pages, keeping every other parameter of the address."""
    query = context["request"].GET.copy()
    parameter = parameter or "page"

    def url(number: int) -> str:
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    links = [
        PageLink(number, url(number) if isinstance(number, int) else "", number == page.number)
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]
    return {
        "previous": url(page.previous_page_number()) if page.has_previous() else "",
        "next": url(page.next_page_number()) if page.has_next() else "",
        "links": links,
    }
