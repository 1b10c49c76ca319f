"""Rule sets: drafts, publishing, and what the administration lets one do."""

import json
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from agencies import rule_sets
from agencies.models import Rule, RuleSet
from agencies.routing import matcher_of
from agencies.rule_sets import PublishError
from agencies.states import RuleSetStatus
from portal.accounts.actors import SYSTEM
from portal.accounts.roles import OrganisationKind, Role
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from tests.agencies.conftest import World
from tests.agencies.samples import facts, make_rule
from tests.factories import make_member, make_organisation


@pytest.fixture
def admin(world: World) -> Client:
    user, _actor = make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)
    user.is_staff = user.is_superuser = True
    user.save()
    client = Client()
    client.force_login(user)
    return client


def test_a_copy_is_a_draft_of_the_next_version_with_the_same_rules(world: World) -> None:
    draft = rule_sets.copy_to_draft(world.rule_set)
    assert (draft.version, draft.status) == (2, RuleSetStatus.DRAFT)
    assert set(draft.rules.values_list("code", flat=True)) == {"wine-phyto", "wine-vet", "release"}
    assert not set(draft.rules.values_list("pk", flat=True)) & set(
        world.rule_set.rules.values_list("pk", flat=True))


def test_publishing_brings_into_force_and_is_journalled(world: World) -> None:
    draft = rule_sets.copy_to_draft(world.rule_set)
    assert RuleSet.objects.in_force().first() == world.rule_set
    rule_sets.publish(draft.pk, SYSTEM)
    assert RuleSet.objects.in_force().first() == draft
    (event,) = Event.objects.of(draft.pk)
    assert event.kind == EventKind.RULES_PUBLISHED
    assert {rule["code"] for rule in event.payload["rules"]} == {"wine-phyto", "wine-vet", "release"}


def test_what_cannot_be_published(world: World) -> None:
    with pytest.raises(PublishError, match="not a draft"):
        rule_sets.publish(world.rule_set.pk, SYSTEM)
    empty = RuleSet.objects.create(version=9, title="Empty",
                                   default_queue=world.customs.queues.get())
    with pytest.raises(PublishError, match="no rules"):
        rule_sets.publish(empty.pk, SYSTEM)
    make_rule(empty, world.vet, {"field": "hs", "prefix": "wine"}, code="broken")
    with pytest.raises(PublishError, match="broken: prefix"):
        rule_sets.publish(empty.pk, SYSTEM)
    empty.refresh_from_db()
    assert empty.status == RuleSetStatus.DRAFT


def test_a_draft_is_compiled_afresh_and_a_published_set_once(
    world: World, django_assert_num_queries: object
) -> None:
    draft = rule_sets.copy_to_draft(world.rule_set)
    assert len(matcher_of(draft).matches(facts())) == 3
    draft.rules.filter(code="release").delete()
    assert len(matcher_of(draft).matches(facts())) == 2
    matcher_of(world.rule_set)
    with django_assert_num_queries(0):  # type: ignore[operator]
        matcher_of(world.rule_set).matches(facts())


# --- the administration ----------------------------------------------------------------------


def form_of(rule_set: RuleSet, **changes: Any) -> dict[str, Any]:
    """What the browser would send for a draft with its rules."""
    rules = list(rule_set.rules.all())
    data: dict[str, Any] = {
        "title": rule_set.title, "default_queue": rule_set.default_queue_id,
        "effective_from_0": "", "effective_from_1": "", "effective_to_0": "", "effective_to_1": "",
        "rules-TOTAL_FORMS": len(rules), "rules-INITIAL_FORMS": len(rules),
    }
    for number, rule in enumerate(rules):
        values = {
            "id": rule.pk, "rule_set": rule_set.pk, "code": rule.code, "title": rule.title,
            "conditions": json.dumps(rule.conditions), "queue": rule.queue_id, "tier": rule.tier,
            "review_kind": rule.review_kind, "legal_basis": rule.legal_basis,
        }
        data |= {f"rules-{number}-{name}": value for name, value in values.items()}
    return data | changes


def test_a_condition_is_checked_at_its_field(world: World, admin: Client) -> None:
    draft = rule_sets.copy_to_draft(world.rule_set)
    address = reverse("admin:agencies_ruleset_change", args=[draft.pk])
    wrong = json.dumps({"all": [{"field": "hs", "prefix": "wine"}]})
    response = admin.post(address, form_of(draft, **{"rules-0-conditions": wrong}))
    assert response.status_code == 200
    assert "all[1].prefix: “wine” is no commodity code" in response.content.decode()
    right = {"all": [{"field": "hs", "prefix": "2204"}]}
    response = admin.post(address, form_of(draft, **{"rules-0-conditions": json.dumps(right)}))
    assert response.status_code == 302, response.content.decode()
    assert right in draft.rules.values_list("conditions", flat=True)


def test_a_condition_that_matches_all_can_be_entered(world: World, admin: Client) -> None:
    draft = rule_sets.copy_to_draft(world.rule_set)
    address = reverse("admin:agencies_ruleset_change", args=[draft.pk])
    response = admin.post(address, form_of(draft, **{"rules-0-conditions": "{}"}))
    assert response.status_code == 200
    response = admin.post(address, form_of(draft, **{"rules-0-conditions": '{"all": []}'}))
    assert response.status_code == 302


def test_a_published_rule_set_is_only_read(world: World, admin: Client) -> None:
    address = reverse("admin:agencies_ruleset_change", args=[world.rule_set.pk])
    shown = admin.get(address)
    assert shown.status_code == 200
    assert 'name="_save"' not in shown.content.decode()
    changed = form_of(world.rule_set, title="Changed", **{"rules-0-title": "Changed"})
    assert admin.post(address, changed).status_code == 403
    assert not Rule.objects.filter(title="Changed").exists()
    delete = reverse("admin:agencies_ruleset_delete", args=[world.rule_set.pk])
    assert admin.post(delete, {"post": "yes"}).status_code == 403
    assert RuleSet.objects.filter(pk=world.rule_set.pk).exists()


def test_copying_and_publishing_from_the_list(world: World, admin: Client) -> None:
    address = reverse("admin:agencies_ruleset_changelist")
    response = admin.post(address, {"action": "copy_to_draft",
                                    "_selected_action": [str(world.rule_set.pk)]}, follow=True)
    assert "Version 2 is a draft with the same rules." in response.content.decode()
    draft = RuleSet.objects.get(version=2)
    response = admin.post(address, {"action": "publish", "_selected_action": [str(draft.pk)]},
                          follow=True)
    assert "is published" in response.content.decode()
    response = admin.post(address, {"action": "publish", "_selected_action": [str(draft.pk)]},
                          follow=True)
    assert "is not a draft" in response.content.decode()
    response = admin.post(address, {"action": "delete_selected", "post": "yes",
                                    "_selected_action": [str(world.rule_set.pk)]}, follow=True)
    assert RuleSet.objects.count() == 2


def test_a_new_rule_set_gets_the_next_version(world: World, admin: Client) -> None:
    response = admin.post(reverse("admin:agencies_ruleset_add"), {
        "title": "From nothing", "default_queue": str(world.customs.queues.get().pk),
        "effective_from_0": "", "effective_from_1": "", "effective_to_0": "", "effective_to_1": "",
        "rules-TOTAL_FORMS": 0, "rules-INITIAL_FORMS": 0,
    })
    assert response.status_code == 302, response.content.decode()
    made = RuleSet.objects.get(title="From nothing")
    assert (made.version, made.status) == (2, RuleSetStatus.DRAFT)


@pytest.mark.django_db(transaction=True)
def test_copies_made_at_once_get_different_versions(world: World) -> None:
    from tests.agencies.test_decisions import at_once

    made = at_once(*[lambda: rule_sets.copy_to_draft(world.rule_set)] * 4)
    assert sorted(draft.version for draft in made) == [2, 3, 4, 5]
    with transaction.atomic():
        assert rule_sets.next_version() == 6
