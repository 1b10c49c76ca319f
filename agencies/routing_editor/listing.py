"""Reading rule sets for pages: how each stands, its rules searched and grouped, its findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.conditions import ConditionError, TextLeaf
from agencies.explanation import CODE_LISTS
from agencies.models import Rule, RuleSet
from agencies.routing import compiled
from agencies.routing_editor.analysis import Finding, Trouble, analyse
from agencies.routing_editor.models import PublicationRequest, RequestState
from agencies.routing_editor.words import either, grouped, said_data
from agencies.rule_sets import content_of
from agencies.states import RuleSetStatus
from declarations import codelists


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a version is on its way, in a word with an icon and a tone."""

    key: str
    label: str
    icon: str
    tone: str


def standing(rule_set: Any, in_force: UUID | None, asked: bool = False) -> Standing:
    if rule_set.status == RuleSetStatus.DRAFT:
        if asked:
            return Standing("asked", _("Waits for approval"), "hourglass", "wait")
        return Standing("draft", _("Draft"), "pencil-line", "mute")
    begins = rule_set.effective_from
    if rule_set.status == RuleSetStatus.RETIRED:
        return Standing("retired", _("Withdrawn"), "circle-slash", "mute")
    if begins is not None and begins > timezone.now():
        return Standing("scheduled", _("Scheduled"), "calendar-clock", "info")
    if rule_set.pk == in_force:
        return Standing("in-force", _("In force"), "badge-check", "good")
    return Standing("retired", _("Retired"), "archive", "mute")


@dataclass(frozen=True, slots=True)
class Line:
    rule_set: RuleSet
    standing: Standing
    ended: datetime | None = None  # when the next version took its place


def all_sets() -> list[Line]:
    """Every version, the newest first."""
    force = in_force()
    asked = PublicationRequest.objects.filter(rule_set=OuterRef("pk"), state=RequestState.ASKED)
    sets = list(RuleSet.objects.annotate(
        rule_count=Count("rules"), asked=Exists(asked)).order_by("-version"))
    lines = []
    for rule_set in sets:
        how = standing(rule_set, force.pk if force else None, rule_set.asked)  # type: ignore[attr-defined]
        lines.append(Line(rule_set, how, _ended(rule_set, sets) if how.key == "retired" else None))
    return lines


def _ended(rule_set: RuleSet, sets: Sequence[RuleSet]) -> datetime | None:
    begins = rule_set.effective_from
    later = [one.effective_from for one in sets
             if one.status == RuleSetStatus.PUBLISHED and begins and one.effective_from
             and (one.effective_from, one.version) > (begins, rule_set.version)]
    return rule_set.effective_to or min(filter(None, later), default=None)


def in_force() -> RuleSet | None:
    return RuleSet.objects.in_force().first()


def rules_of(rule_set: RuleSet, text: str = "", agency: str = "") -> QuerySet[Rule]:
    """Its rules by agency and tier; those that contain ``text``, or that look at that HS code."""
    found: QuerySet[Rule] = rule_set.rules.select_related("queue__agency").order_by(
        "queue__agency__name", "queue__agency_id", "tier", "code")
    if agency:
        found = found.filter(queue__agency__code=agency)
    text = text.strip()
    if text:
        found = found.alias(said=Cast("conditions", TextField()))
        digits = text.replace(" ", "").replace(".", "")
        wanted = (Q(code__icontains=text) | Q(title__icontains=text)
                  | Q(legal_basis__icontains=text) | Q(queue__name__icontains=text)
                  | Q(said__icontains=f'"{text}"'))
        if digits.isdecimal() and digits.isascii() and 2 <= len(digits) <= 12:
            wanted |= Q(said__contains=f'"{digits}')
            for length in range(2, len(digits)):
                wanted |= Q(said__contains=f'"{digits[:length]}"')
        found = found.filter(wanted)
    return found


def agencies_of(rule_set: RuleSet) -> list[dict[str, Any]]:
    """The agencies that it has rules for, with how many."""
    counted = (
        rule_set.rules.order_by("queue__agency__name")
        .values_list("queue__agency__code", "queue__agency__name").annotate(Count("pk"))
    )
    return [{"code": code, "name": name, "count": count} for code, name, count in counted]


# --- findings -------------------------------------------------------------------------------

_LABELS = {
    Trouble.NEVER: ("ban", "bad"), Trouble.UNREACHABLE: ("unplug", "bad"),
    Trouble.DUPLICATE: ("copy", "wait"), Trouble.UNKNOWN_CODE: ("circle-question-mark", "wait"),
    Trouble.CONFLICT: ("git-compare", "wait"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words."""

    rule: Rule
    label: str
    icon: str
    tone: str
    words: str
    others: list[Rule]


def findings(rule_set: RuleSet) -> list[Finding]:
    """What is wrong with its rules; kept until they change, for it takes a second for thousands."""
    key = f"routing-findings:{content_of(rule_set)}"
    kept: list[Finding] | None = cache.get(key)
    if kept is None:
        rules = []
        for rule in rule_set.rules.select_related("queue"):
            try:
                rules.append(compiled(rule))
            except ConditionError:  # told when it is published, and at the rule
                continue
        kept = analyse(rules, unknown_codes)
        cache.set(key, kept, 3600)
    return kept


def unknown_codes(leaf: TextLeaf) -> list[str]:
    """The codes of a leaf that no declaration can carry, by complete code lists."""
    names = CODE_LISTS.get(leaf.field, ())
    if leaf.field not in ("hs", "origin", "export_country", "destination"):
        return []
    known = codelists.code_list(names[0])
    missing = [code for code in sorted(leaf.exact) if known.get(code) is None
               and (leaf.field != "hs" or len(code) >= 6)]
    starts = _starts(names[0], id(known), known.codes)
    return missing + [code for code in sorted(leaf.prefixes) if code[:6] not in starts]


_kept_starts: dict[str, tuple[int, frozenset[str]]] = {}


def _starts(name: str, edition: int, codes: Iterable[str]) -> frozenset[str]:
    """Every beginning of every code; made once for each edition of a list."""
    kept = _kept_starts.get(name)
    if kept is None or kept[0] != edition:
        starts = frozenset(code[:length] for code in codes for length in range(1, len(code) + 1))
        kept = _kept_starts[name] = (edition, starts)
    return kept[1]


def told(rule_set: RuleSet, found: list[Finding]) -> list[Told]:
    """Findings in words, with their rules."""
    wanted = {code for one in found for code in (one.code, *one.others)}
    rules = {r.code: r for r in rule_set.rules.select_related("queue__agency").filter(
        code__in=wanted)}
    return [_told(one, rules) for one in found if one.code in rules]


def _told(one: Finding, rules: dict[str, Rule]) -> Told:
    icon, tone = _LABELS[one.trouble]
    codes = [grouped(one.field, code) for code in one.values]
    label, words = {
        Trouble.NEVER: (_("Never matches"), _(
            "Its conditions contradict one another, so no declaration can meet them.")),
        Trouble.UNREACHABLE: (_("Unreachable"), _(
            "It never fires: rules of an earlier tier of the same agency hold whenever it does.")),
        Trouble.DUPLICATE: (_("Duplicate"), _(
            "It says the same as another rule with the same queue, tier and kind of review.")),
        Trouble.UNKNOWN_CODE: (_("Unknown code"), _(
            "No declaration carries %(codes)s: the code list does not know it.")
            % {"codes": either(codes[:8]) if codes else ""}),
        Trouble.CONFLICT: (_("Conflict"), _(
            "Another rule of the same agency looks at the same goods and wants another kind of "
            "review, or another tier.")),
    }[one.trouble]
    others = [rules[code] for code in one.others if code in rules]
    return Told(rules[one.code], label, icon, tone, words, others)


def with_words(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    return [{"rule": rule, "words": said_data(rule.conditions)} for rule in rules]
