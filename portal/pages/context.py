"""What every page knows: the portal, the person, and where the person may go."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from exchange.transit.models import serves_customs
from portal.accounts.actors import NOBODY, Actor
from portal.accounts.middleware import lacks_second_factor
from portal.accounts.roles import Permission
from portal.pages import names


@dataclass(frozen=True)
class Entry:
    """One line of the rail: where it leads and who sees it."""

    label: str | Promise
    icon: str
    name: str
    permission: Permission
    arguments: tuple[str, ...] = ()
    # Names of further addresses that belong under this line.
    covers: frozenset[str] = frozenset()
    # A second permission that it takes, beside the first.
    also: Permission | None = None
    # What else must hold of the actor.
    when: Callable[[Actor], bool] | None = None

    def seen_by(self, actor: Actor) -> bool:
        permitted = actor.may(self.permission) and (self.also is None or actor.may(self.also))
        return permitted and (self.when is None or self.when(actor))


@dataclass(frozen=True)
class Section:
    title: str | Promise
    entries: list[Entry] = field(default_factory=list)


SECTIONS = [
    Section(_("Declarations"), [
        Entry(_("My declarations"), "files", "declaration_list", Permission.VIEW_OWN,
              covers=frozenset({"declaration", "declaration_edit", "declaration_delete",
                                "declaration_cancel", "declaration_amend",
                                "declaration_versions", "declaration_amendment", "request_answer"})),
        Entry(_("Filed for us"), "handshake", "filed_for_us", Permission.VIEW_OWN),
        Entry(_("Told by neighbours"), "package-search", "announced", Permission.VIEW_OWN,
              covers=frozenset({"announcement"})),
        Entry(_("New declaration"), "file-plus", "declaration_begin", Permission.FILE,
              covers=frozenset({"declaration_new"})),
        Entry(_("Upload files"), "upload", "declaration_upload_sheet", Permission.FILE,
              covers=frozenset({"declaration_upload"})),
        Entry(_("Our permits"), "award", "our_permits", Permission.VIEW_OWN,
              covers=frozenset({"our_permit"})),
        Entry(_("What will be asked"), "search-check", "asked", Permission.FILE),
        Entry(_("Address book"), "book-user", "address_book", Permission.FILE,
              covers=frozenset({"party_new", "party_edit", "address_book_import"})),
    ]),
    Section(_("Reviews"), [
        Entry(_("My queue"), "inbox", "review_queue", Permission.REVIEW,
              covers=frozenset({
                  "review", "review_ask", "review_approve", "review_refuse", "declaration",
                  "cancellations", "cancellation", "cancellation_deny",
                  "amendments", "amendment", "amendment_deny", "declaration_versions",
                  "declaration_amendment", "request_templates",
                  "request_template", "request_template_new"})),
        Entry(_("Inspections"), "scan-search", "inspections", Permission.REVIEW,
              covers=frozenset({
                  "inspection", "inspection_calendar", "inspection_sites", "inspection_site",
                  "inspection_site_new", "inspection_call", "inspection_visit", "finding_add",
                  "inspection_join", "inspection_appoint", "inspection_call_off",
                  "inspection_sign", "inspection_not_needed"})),
        Entry(_("Transit"), "route", "transit_movements", Permission.REVIEW,
              covers=frozenset({"transit_movement", "transit_step", "transit_guarantees"}),
              when=serves_customs),
        Entry(_("Absences"), "calendar-x", "absences", Permission.REVIEW,
              covers=frozenset({"absence", "absence_new", "absence_remove"})),
        Entry(_("Permits"), "award", "permits", Permission.REVIEW,
              covers=frozenset({"permit", "permit_issue", "permit_replace", "permit_suspend",
                                "permit_resume", "permit_revoke", "permit_extend"})),
    ]),
    Section(_("Our organisation"), [
        Entry(_("Our agency"), "landmark", "our_agency", Permission.MANAGE,
              covers=frozenset({
                  "agency_offices", "agency_office", "agency_office_new", "agency_hours",
                  "holiday_add", "holiday_import", "agency_queues", "agency_queue", "agency_queue_new",
                  "agency_conditions", "agency_condition", "agency_condition_new",
                  "agency_condition_remove", "agency_schemes", "agency_scheme"}),
              also=Permission.SUPERVISE),
        Entry(_("Members"), "users", "organisation", Permission.MANAGE,
              covers=frozenset({"organisation_address", "member", "member_remove", "invite",
                                "organisation_journal"})),
        Entry(_("Mandates"), "handshake", "mandates", Permission.MANAGE,
              covers=frozenset({"mandate_grant", "mandate_ask", "mandate_revoke"}),
              also=Permission.VIEW_OWN),
        Entry(_("Programs"), "bot", "programs", Permission.MANAGE,
              covers=frozenset({"program_add", "program_renew", "program_revoke"})),
        Entry(_("Webhooks"), "webhook", "webhooks", Permission.MANAGE,
              covers=frozenset({"webhook", "webhook_new"})),
    ]),
    Section(_("Exchange"), [
        Entry(_("Messages"), "arrow-left-right", "exchange", Permission.EXCHANGE,
              covers=frozenset({"outbox_message", "inbox_message", "partner", "partner_new",
                                "partner_edit", "partner_key_new", "partner_key_end",
                                "partner_key_revoke", "partner_elements", "refused_inbound"})),
        Entry(_("What is sent to whom"), "send", "subscriptions", Permission.EXCHANGE),
        Entry(_("Our signing keys"), "key-round", "own_signing_keys", Permission.EXCHANGE,
              covers=frozenset({"own_key_revoke"})),
    ]),
    Section(_("Administration"), [
        Entry(_("Routing rules"), "route", "routing", Permission.ADMINISTER,
              covers=frozenset({
                  "routing_new", "routing_set", "routing_describe", "routing_ask",
                  "routing_answer", "routing_rule_new", "routing_rule", "routing_dry_run_begin",
                  "routing_dry_run"})),
        Entry(_("Risk profiles"), "gauge", "risk", Permission.RISK,
              covers=frozenset({
                  "risk_new", "risk_set", "risk_describe", "risk_ask", "risk_answer",
                  "risk_rule_new", "risk_rule", "risk_dry_run_begin", "risk_dry_run",
                  "risk_rates"})),
        Entry(_("Message profiles"), "file-code", "profiles", Permission.ADMINISTER,
              covers=frozenset({"profile", "profile_new", "profile_setup"})),
        Entry(_("Code lists"), "list-tree", "code_lists", Permission.ADMINISTER,
              covers=frozenset({"code_list", "code_import", "code_preview"})),
        Entry(_("Organisations"), "building-2", "admin:accounts_organisation_changelist",
              Permission.ADMINISTER),
        Entry(_("People"), "users", "admin:accounts_user_changelist", Permission.ADMINISTER),
    ]),
]


def rail(actor: Actor, address: str) -> list[dict[str, Any]]:
    """The sections and lines that ``actor`` may use; ``address`` is the name of the page shown."""
    sections = []
    for section in SECTIONS:
        lines = [
            {"label": entry.label, "icon": entry.icon,
             "url": reverse(entry.name, args=entry.arguments),
             "current": address == entry.name or address in entry.covers}
            for entry in section.entries if entry.seen_by(actor)
        ]
        if lines:
            sections.append({"title": section.title, "entries": lines})
    if not sections:
        return []
    home = {"label": _("Overview"), "icon": "layout-dashboard", "url": reverse("home"),
            "current": address == "home"}
    reference = {"label": _("Reference"), "icon": "book-open", "url": reverse("reference"),
                 "current": address.startswith("reference")}
    return [{"title": "", "entries": [home]}, *sections,
            {"title": _("For developers"), "entries": [reference]}]


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``portal`` with name, country, actor, rail, languages and demo flag."""
    actor: Actor = getattr(request, "actor", NOBODY)
    bool(actor)  # reads the memberships, whoever looks at them first
    match = getattr(request, "resolver_match", None)
    language = get_language() or settings.LANGUAGE_CODE
    languages = [
        {**get_language_info(code), "current": code == language} for code, _name in settings.LANGUAGES
    ]
    return {
        "portal": {
            # A deployment's own name is shown as it is, unless the catalogue has it.
            "name": gettext(settings.PORTAL_NAME),
            "country": settings.PORTAL_COUNTRY,
            "country_name": names.country(settings.PORTAL_COUNTRY),
            "time_zone": gettext(settings.PORTAL_TIME_ZONE.split("/")[-1].replace("_", " ")),
            "actor": actor,
            "memberships": getattr(request, "memberships", []),
            "rail": rail(actor, match.view_name if match else ""),
            "demo": settings.DEMO,
            # Called by the pages of the account only.
            "needs_second_factor": lambda: lacks_second_factor(request),
            "languages": languages,
            "language_name": get_language_info(language)["name_local"].capitalize(),
        }
    }
