"""Rule sets: drafts, publishing, and what the administration lets one do."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

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
from tests.agencies.samples import facts, make_rule, make_rule_set
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
    drafted, event = Event.objects.of(draft.pk)
    assert drafted.kind == EventKind.RULES_DRAFTED
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


def test_the_administration_only_shows_rule_sets(world: World, admin: Client) -> None:
    draft = rule_sets.copy_to_draft(world.rule_set)
    for rule_set in (world.rule_set, draft):
        address = reverse("admin:agencies_ruleset_change", args=[rule_set.pk])
        shown = admin.get(address)
        assert shown.status_code == 200
        assert 'name="_save"' not in shown.content.decode()
        assert admin.post(address, {"title": "Changed"}).status_code == 403
        delete = reverse("admin:agencies_ruleset_delete", args=[rule_set.pk])
        assert admin.post(delete, {"post": "yes"}).status_code == 403
    assert admin.get(reverse("admin:agencies_ruleset_add")).status_code == 403
    listed = admin.get(reverse("admin:agencies_ruleset_changelist")).content.decode()
    assert "delete_selected" not in listed


# --- the database ----------------------------------------------------------------------------


def refused(change: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match="is published"), transaction.atomic():
        change()


def test_the_database_keeps_what_is_published(world: World) -> None:
    kept, (rule, *_rest) = world.rule_set, world.rule_set.rules.all()
    draft = rule_sets.copy_to_draft(kept)
    refused(lambda: kept.rules.update(title="Changed"))
    refused(lambda: kept.rules.filter(pk=rule.pk).delete())
    refused(lambda: Rule.objects.create(rule_set=kept, code="more", title="More",
                                        queue=rule.queue, conditions={"all": []}))
    refused(lambda: draft.rules.update(rule_set=kept, code="moved"))
    for change in ({"title": "Changed"}, {"status": "draft"}, {"default_queue": rule.queue},
                   {"effective_from": None}, {"version": 99}):
        refused(lambda change=change: RuleSet.objects.filter(pk=kept.pk).update(**change))
    refused(lambda: kept.delete())
    RuleSet.objects.filter(pk=kept.pk).update(effective_to=timezone.now(), status="retired")
    refused(lambda: RuleSet.objects.filter(pk=kept.pk).update(status="published"))
    assert draft.rules.update(title="Changed") == 3
    draft.delete()


def test_the_version_that_began_last_is_in_force(world: World) -> None:
    """One published today for now does not outlive an older one that was planned for later."""
    now = timezone.now()
    planned = make_rule_set(world.customs.queues.get(), version=2,
                            effective_from=now - timedelta(seconds=1))
    make_rule_set(world.customs.queues.get(), version=3, effective_from=now - timedelta(hours=1))
    RuleSet.objects.filter(pk=world.rule_set.pk).update(status="retired")
    assert RuleSet.objects.in_force().first() == planned


def test_a_version_that_waits_for_its_date_is_withdrawn(world: World) -> None:
    draft = rule_sets.copy_to_draft(world.rule_set)
    RuleSet.objects.filter(pk=draft.pk).update(effective_from=timezone.now() + timedelta(days=1))
    rule_sets.publish(draft.pk, SYSTEM)
    assert RuleSet.objects.in_force().first() == world.rule_set
    assert rule_sets.withdraw(draft.pk, SYSTEM).status == RuleSetStatus.RETIRED
    assert Event.objects.of(draft.pk).last().kind == EventKind.RULES_WITHDRAWN
    with pytest.raises(PublishError, match="does not wait"):
        rule_sets.withdraw(world.rule_set.pk, SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_copies_made_at_once_get_different_versions(world: World) -> None:
    from tests.agencies.test_decisions import at_once

    made = at_once(*[lambda: rule_sets.copy_to_draft(world.rule_set)] * 4)
    assert sorted(draft.version for draft in made) == [2, 3, 4, 5]
    with transaction.atomic():
        assert rule_sets.next_version() == 6
