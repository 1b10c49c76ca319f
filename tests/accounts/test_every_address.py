"""Closed by default: every address, API view and task states who may use it, or this fails."""

import pytest
from django.test import Client
from rest_framework.views import APIView

from declarations.models import Declaration
from declarations.states import Channel, Kind, State
from portal.accounts.permissions import PUBLIC, SIGNED_IN
from portal.accounts.roles import OrganisationKind, Permission, Role
from portal.celery import app
from portal.identifiers import new_id
from tests.addresses import Address, addresses
from tests.factories import make_agency, make_member, make_officer, make_organisation

# Tasks run by the portal for itself (as SYSTEM). Nobody can start one from outside: they take ids
# only, and read everything else from the database. A new task is added here with that in mind.
INTERNAL_TASKS = {
    "agencies.permits.tasks.expire_permits",
    "agencies.queues.tasks.cover_absences",
    "agencies.queues.tasks.escalate",
    "agencies.risk.tasks.risk_dry_run",
    "agencies.risk.tasks.sweep_risk_runs",
    "agencies.routing_editor.tasks.dry_run",
    "agencies.routing_editor.tasks.sweep_dry_runs",
    "declarations.tasks.sweep_attachments",
    "exchange.advance.tasks.assess_again",
    "exchange.advance.tasks.bring_together",
    "exchange.advance.tasks.sweep",
    "exchange.tasks.chase",
    "exchange.tasks.deliver",
    "exchange.tasks.send_trial",
    "exchange.tasks.sweep",
    "exchange.transit.tasks.enquire_overdue",
    "exchange.tasks.watch",
    "portal.journal.tasks.checkpoint",
    "portal.notices.tasks.deliver",
    "portal.notices.tasks.digest",
    "portal.notices.tasks.prune",
    "portal.notices.tasks.remind",
    "portal.notices.tasks.send_mail",
    "portal.notices.tasks.sweep",
    "portal.pipeline.heartbeat",
    "portal.pipeline.process",
    "portal.pipeline.process_change",
    "portal.pipeline.sweep",
}

OURS = [address for address in addresses() if address.ours]


def test_the_walk_sees_the_portal() -> None:
    names = {address.name for address in OURS}
    assert {"home", "healthz", "declaration", "declaration_list", "review_queue", "exchange"} <= names
    assert any(address.route.startswith("api/v1/") for address in OURS)
    assert any(address.route.startswith("exchange/v1/") for address in OURS)


@pytest.mark.parametrize("address", OURS, ids=str)
def test_every_address_states_who_may_use_it(address: Address) -> None:
    stated = address.permission
    assert stated is not None, f"{address.view} states no permission"
    if stated in (PUBLIC, SIGNED_IN):
        return
    for one in stated if isinstance(stated, tuple) else (stated,):
        assert one in set(Permission)


@pytest.mark.parametrize(
    "address", [one for one in addresses() if one.view_class and issubclass(one.view_class, APIView)],
    ids=str,
)
def test_every_api_view_asks_for_its_permission(address: Address) -> None:
    from portal.accounts.permissions import HasStatedPermission

    assert address.view_class is not None
    assert HasStatedPermission in address.view_class.permission_classes
    if address.permission == PUBLIC:
        assert address.route.startswith("exchange/v1/") or address.name == "schema"


@pytest.mark.django_db
@pytest.mark.parametrize("address", OURS, ids=str)
def test_the_signed_out_get_nothing_but_what_is_public(address: Address, client: Client) -> None:
    path = address.path(new_id())
    for send in (client.get, client.post):
        answer = send(path)
        if address.permission == PUBLIC:
            continue
        if answer.status_code == 302:
            assert answer["Location"].startswith("/account/login/"), path
        else:
            assert answer.status_code in (401, 403, 405), (path, answer.status_code)


def test_every_task_is_known() -> None:
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert ours == INTERNAL_TASKS


@pytest.mark.django_db
def test_nobody_opens_the_admin_but_staff(client: Client) -> None:
    user, _actor = make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)
    client.force_login(user)
    assert client.get("/admin/").status_code == 302
    user.is_staff = True
    user.save()
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db
def test_the_admin_has_no_sign_in_of_its_own(client: Client) -> None:
    """A second door would know nothing of limits, second factors and closed demo passwords."""
    answer = client.get("/admin/login/?next=/admin/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


# --- other people's things ------------------------------------------------------------------
KEYED = [address for address in OURS if any(kind == "uuid" for kind, _name in address.parameters)]


@pytest.fixture
def strangers_keys() -> list[object]:
    """Keys of things that belong to a trader and an agency to which no one here belongs."""
    from agencies.models import Queue, Review

    owner = make_organisation()
    user, _actor = make_member(owner)
    queue = Queue.objects.get(agency=make_agency("veterinary"))
    keys: list[object] = []
    for state in (State.DRAFT, State.SUBMITTED, State.UNDER_REVIEW, State.RELEASED):
        declaration = Declaration.objects.create(
            organisation=owner, filed_by=user, kind=Kind.IMPORT, state=state, lrn=f"L-{state}",
            draft={},
        )
        declaration.versions.create(
            number=1, channel=Channel.REST, body=b"<x/>", sha256="0" * 64, organisation=owner
        )
        review = Review.objects.create(
            declaration=declaration, queue=queue, tier=1, kind="documentary", state="open"
        )
        response = declaration.responses.create(
            function_code="01", body=b"<x/>", event=new_id()
        )
        keys += [declaration.pk, review.pk, response.pk]
    return keys


@pytest.mark.django_db
@pytest.mark.parametrize("address", KEYED, ids=str)
@pytest.mark.parametrize("who", ["trader", "broker", "officer", "supervisor"])
def test_other_peoples_things_are_not_there(
    address: Address, who: str, client: Client, strangers_keys: list[object]
) -> None:
    """404, as for a thing that does not exist; or 403 where the whole address is not for them."""
    if who in ("trader", "broker"):
        user, actor = make_member(make_organisation(OrganisationKind(who)))
    else:
        user, actor = make_officer(make_agency("phytosanitary"), Role(who))
    client.force_login(user)
    if address.permission == PUBLIC or address.route.startswith("api/"):
        return
    for key in strangers_keys:
        for send in (client.get, client.post):
            status = send(address.path(key)).status_code  # type: ignore[arg-type]
            allowed = isinstance(address.permission, tuple) and not any(
                actor.may(one) for one in address.permission
            )
            assert status in ({403, 405} if allowed else {404, 405}), (address, send, status)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", [one for one in KEYED if one.route.startswith("api/")], ids=str
)
def test_other_peoples_things_are_not_there_for_a_program(
    address: Address, client: Client, strangers_keys: list[object]
) -> None:
    from portal.accounts.tokens import create_client

    _client, token = create_client(make_organisation(), "stranger", tuple(Permission))
    for key in strangers_keys:
        for send in (client.get, client.post):
            answer = send(
                address.path(key), headers={"Authorization": f"Bearer {token}"}  # type: ignore[arg-type]
            )
            assert answer.status_code in (404, 405), (address, answer.status_code)
