"""From a draft to rules in force: edits, a dry run, four eyes, the date, and the file."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from agencies import rule_sets
from agencies.models import Rule, RuleSet
from agencies.routing_editor import dry_runs, edits, files, publication
from agencies.routing_editor.compare import compare
from agencies.routing_editor.edits import EditRefused
from agencies.routing_editor.models import DryRun, PublicationRequest, RunState
from agencies.rule_sets import PublishError
from agencies.versions import runs
from declarations import wco
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from tests.agencies.conftest import World
from tests.agencies.samples import dataset, item, make_declaration
from tests.routing_editor.conftest import Admins


def rule_values(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "code": "caviar", "title": "Caviar", "queue": world.vet.queues.get(), "tier": 1,
        "review_kind": "permit", "legal_basis": "CITES", "needs_second_signature": True,
        "conditions": {"field": "hs", "prefix": "160431"}, **changes}


def past(hs: str) -> None:
    declaration = make_declaration()
    declaration.versions.create(
        number=1, channel="rest", body=b"<x/>", sha256="0" * 64,
        organisation=declaration.organisation, dataset=wco.to_json(dataset(item(hs))))


def tried(draft: RuleSet, admins: Admins) -> DryRun:
    run = dry_runs.begin(draft.pk, admins.author_actor, date.today() - timedelta(days=2),
                         date.today() + timedelta(days=1), 1000)
    while dry_runs.advance(run.pk):
        pass
    run.refresh_from_db()
    return run


@pytest.fixture
def draft(world: World, admins: Admins) -> RuleSet:
    made = rule_sets.copy_to_draft(world.rule_set, admins.author_actor)
    edits.save_rule(made.pk, admins.author_actor, rule_values(world))
    return made


def test_every_edit_is_an_event_and_says_who(world: World, admins: Admins, draft: RuleSet) -> None:
    rule = draft.rules.get(code="caviar")
    edits.save_rule(draft.pk, admins.author_actor, {"tier": 2}, rule.pk)
    edits.save_rule(draft.pk, admins.author_actor, {"tier": 2}, rule.pk)
    edits.delete_rule(draft.pk, admins.other_actor, rule.pk)
    told = [(e.kind, e.payload.get("action")) for e in Event.objects.of(draft.pk)]
    assert told == [("rules_drafted", None), ("rules_edited", "added"), ("rules_edited", "changed"),
                    ("rules_edited", "removed")]
    assert edits.editors(draft.pk) == {admins.author.pk, admins.other.pk}


def test_two_who_edit_one_rule_do_not_overwrite_each_other(
    world: World, admins: Admins, draft: RuleSet
) -> None:
    rule = draft.rules.select_related("queue").get(code="caviar")
    seen = edits.fingerprint(rule)
    edits.save_rule(draft.pk, admins.author_actor, {"tier": 2}, rule.pk, seen)
    with pytest.raises(EditRefused, match="meanwhile"):
        edits.save_rule(draft.pk, admins.other_actor, {"tier": 3}, rule.pk, seen)
    with pytest.raises(EditRefused, match="is published"):
        edits.delete_rule(world.rule_set.pk, admins.author_actor, rule.pk)


def test_another_person_approves_and_the_next_declaration_goes_there(
    world: World, admins: Admins, draft: RuleSet
) -> None:
    with pytest.raises(PublishError, match="dry run"):
        publication.ask(draft.pk, admins.author_actor, "CITES wants caviar.")
    tried(draft, admins)
    publication.ask(draft.pk, admins.author_actor, "CITES wants caviar.")
    with pytest.raises(EditRefused, match="Withdraw"):
        edits.save_rule(draft.pk, admins.author_actor, rule_values(world, code="more"))
    with pytest.raises(EditRefused, match="Another person"):
        publication.approve(draft.pk, admins.author_actor)
    caviar = dataset(item("160431"))
    assert not world.route(data=caviar).reviews.filter(queue__agency=world.vet).exists()
    publication.approve(draft.pk, admins.other_actor, "Seen.")
    review = world.route(data=caviar).reviews.get(queue__agency=world.vet)
    assert review.kind == "permit"
    (rule,) = review.snapshot["rules"]
    assert (rule["code"], rule["second_signature"]) == ("caviar", True)
    event = Event.objects.of(draft.pk).last()
    assert event is not None
    assert (event.kind, event.user) == (EventKind.RULES_PUBLISHED, admins.other.pk)
    assert event.payload["asked_by"] == str(admins.author)


def test_it_is_returned_with_words_and_asked_again(
    world: World, admins: Admins, draft: RuleSet
) -> None:
    tried(draft, admins)
    publication.ask(draft.pk, admins.author_actor, "Because.")
    publication.give_back(draft.pk, admins.other_actor, "Which law?")
    edits.save_rule(draft.pk, admins.other_actor, {"legal_basis": "CITES, article IV"},
                    draft.rules.get(code="caviar").pk)
    with pytest.raises(PublishError, match="as they stand"):
        publication.ask(draft.pk, admins.author_actor, "Because.")
    tried(draft, admins)
    publication.ask(draft.pk, admins.author_actor, "Because.")
    with pytest.raises(EditRefused, match="Another person"):  # the other one edited it meanwhile
        publication.approve(draft.pk, admins.other_actor)
    publication.unask(draft.pk, admins.author_actor)
    states = PublicationRequest.objects.order_by("asked_at").values_list("state", flat=True)
    assert list(states) == ["returned", "withdrawn"]


def test_it_comes_into_force_at_its_date(world: World, admins: Admins, draft: RuleSet) -> None:
    tried(draft, admins)
    with pytest.raises(PublishError, match="past"):
        publication.ask(draft.pk, admins.author_actor, "Now.", timezone.now())
    begins = timezone.now() + timedelta(days=1)
    publication.ask(draft.pk, admins.author_actor, "Tomorrow.", begins)
    publication.approve(draft.pk, admins.other_actor)
    assert RuleSet.objects.in_force().first() == world.rule_set
    assert RuleSet.objects.get(pk=draft.pk).effective_from == begins


def test_the_database_wants_four_eyes_too(admins: Admins, draft: RuleSet) -> None:
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        PublicationRequest.objects.create(
            rule_set=draft, state="approved", reason="x", content="", asked_at=timezone.now(),
            asked_by=admins.author, decided_by=admins.author)


# --- dry runs -------------------------------------------------------------------------------


def test_a_dry_run_counts_both_sides_and_lists_what_goes_elsewhere(
    world: World, admins: Admins, draft: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "STEP", 2)
    for hs in ("160431", "220421", "160431", "080810", "160432"):
        past(hs)
    run = tried(draft, admins)
    assert (run.state, run.total, run.position, run.skipped) == (RunState.DONE, 5, 5, 0)
    assert run.counts[str(world.vet.queues.get().pk)] == [1, 3]
    assert run.counts[str(world.customs.queues.get().pk)] == [5, 5]
    assert run.changes.count() == 2
    change = run.changes.first()
    assert change is not None
    (new,) = [r for r in change.after if r not in change.before]
    assert new["rules"][0]["matched"] == [{"field": "hs", "values": ["160431"]}]


def test_a_run_that_was_broken_off_goes_on_and_counts_nothing_twice(
    world: World, admins: Admins, draft: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "STEP", 2)
    for _number in range(5):
        past("160431")
    run = dry_runs.begin(draft.pk, admins.author_actor, date.today() - timedelta(days=2),
                         date.today() + timedelta(days=1), 1000)
    assert dry_runs.advance(run.pk)
    monkeypatch.setattr(dry_runs.DryRunChange.objects, "bulk_create", _breaks)
    with pytest.raises(RuntimeError):
        dry_runs.advance(run.pk)
    monkeypatch.undo()
    DryRun.objects.update(heard_at=timezone.now() - timedelta(hours=1))
    assert dry_runs.silent() == [run.pk]
    while dry_runs.advance(run.pk):
        pass
    assert not dry_runs.advance(run.pk)
    run.refresh_from_db()
    assert run.changes.count() == 5
    assert run.counts[str(world.vet.queues.get().pk)] == [0, 5]


def _breaks(*_args: object) -> None:
    raise RuntimeError


def test_a_run_of_a_draft_that_is_changed_meanwhile_stops(
    world: World, admins: Admins, draft: RuleSet
) -> None:
    run = dry_runs.begin(draft.pk, admins.author_actor, date.today(), date.today(), 10)
    edits.save_rule(draft.pk, admins.author_actor, rule_values(world, code="more"))
    assert not dry_runs.advance(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.STOPPED and "was changed" in run.problem


# --- files and versions ---------------------------------------------------------------------


def test_what_is_exported_and_imported_is_the_same(admins: Admins, draft: RuleSet) -> None:
    text = files.export(draft)
    made = files.import_file(admins.author_actor, text.encode(), "rules.json")
    assert files.export(made) == text
    assert rule_sets.content_of(made) == rule_sets.content_of(draft)
    assert compare(draft, made).is_empty


def test_every_fault_of_a_file_is_told_with_its_place(
    world: World, admins: Admins, draft: RuleSet
) -> None:
    data = json.loads(files.export(draft))
    data["rules"][0]["queue"] = "nowhere"
    data["rules"][1]["conditions"] = {"all": [{"field": "hs", "prefix": "wine"}]}
    data["rules"][2]["tier"] = "1"
    data["rules"][3] |= {"code": data["rules"][1]["code"], "colour": "red"}
    data["rules"].append(dict(data["rules"][1], conditions={"all": []}))
    with pytest.raises(files.FileRefused) as caught:
        files.import_file(admins.author_actor, json.dumps(data).encode())
    places = {fault.where for fault in caught.value.faults}
    assert places == {"rules[1].queue", "rules[2].conditions", "rules[3].tier", "rules[4].colour"}
    for body in (b"\xff\xfe", b"{", b"[]", b'{"format": "routing-rules", "format_version": 2}'):
        with pytest.raises(files.FileRefused):
            files.import_file(admins.author_actor, body)
    assert RuleSet.objects.count() == 2


def test_the_example_of_the_documentation_can_be_imported(world: World, admins: Admins) -> None:
    text = (settings.BASE_DIR / "docs" / "routing.md").read_text(encoding="utf-8")
    example = text.split("```json\n")[1].split("```")[0].replace('"cites"', '"vet"')
    assert files.export(files.import_file(admins.author_actor, example.encode())) == example


def test_versions_are_compared_in_words(world: World, admins: Admins, draft: RuleSet) -> None:
    edits.save_rule(draft.pk, admins.author_actor, {
        "tier": 2, "conditions": {"all": [{"field": "hs", "prefix": "220421"},
                                          {"field": "origin", "is": "IR"}]},
    }, draft.rules.get(code="wine-phyto").pk)
    edits.save_rule(draft.pk, admins.author_actor, {  # the same, otherwise written
        "conditions": {"any": [{"field": "hs", "range": ["2204", "2208"]}]},
    }, draft.rules.get(code="wine-vet").pk)
    edits.delete_rule(draft.pk, admins.author_actor, draft.rules.get(code="release").pk)
    made = compare(world.rule_set, draft)
    assert [rule.code for rule in made.added] == ["caviar"]
    assert [rule.code for rule in made.removed] == ["release"]
    (changed,) = made.changed
    told = {d.field: (d.before, d.after) for d in changed.differences}
    assert told["Tier"] == ("1", "2")
    assert "Iran" in told["Conditions"][1] and "2204 21" in told["Conditions"][1]
    assert made.same == 1


def test_a_draft_is_deleted_and_its_history_stays(admins: Admins, draft: RuleSet) -> None:
    key: UUID = draft.pk
    tried(draft, admins)
    edits.discard(key, admins.author_actor)
    assert not RuleSet.objects.filter(pk=key).exists() and not DryRun.objects.exists()
    assert not Rule.objects.filter(rule_set=key).exists()
    last = Event.objects.of(key).last()
    assert last is not None and last.kind == EventKind.RULES_DISCARDED
