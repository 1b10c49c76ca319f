"""API tokens: shown once, kept as a hash, refused when expired, revoked or unknown."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from portal.accounts.actors import Actor
from portal.accounts.models import ApiClient, Organisation
from portal.accounts.permissions import HasStatedPermission, actor_of
from portal.accounts.roles import OrganisationKind, Permission
from portal.accounts.tokens import BearerAuthentication, create_client
from tests.factories import make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation(name="Kolkheti Trade LLC", identifier="204876543")


def authenticate(header: str) -> Actor | None:
    request = APIRequestFactory().get("/", headers={"Authorization": header})
    answer = BearerAuthentication().authenticate(APIView().initialize_request(request))
    return answer[1] if answer else None


def made(*arguments: str) -> str:
    out = StringIO()
    call_command("create_api_client", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("text", ["204876543", "Kolkheti Trade LLC", "kolkheti trade llc"])
def test_the_command_prints_only_the_token(organisation: Organisation, text: str) -> None:
    printed = made(text, "--name", "Broker's system")
    assert printed.strip().startswith("sw_")
    assert len(printed.splitlines()) == 1
    actor = authenticate(f"Bearer {printed.strip()}")
    assert actor is not None
    assert actor.organisation_id == organisation.pk
    assert actor.permissions == {Permission.FILE, Permission.VIEW_OWN}


def test_the_token_itself_is_not_kept(organisation: Organisation) -> None:
    token = made("204876543", "--days", "7").strip()
    client = ApiClient.objects.get()
    assert token not in str(client.__dict__)
    assert timedelta(days=6) < client.expires_at - timezone.now() <= timedelta(days=7)


def test_the_command_says_what_is_wrong(organisation: Organisation) -> None:
    with pytest.raises(CommandError, match="No organisation"):
        made("nobody")
    with pytest.raises(CommandError, match="between 1 and"):
        made("204876543", "--days", "0")
    make_organisation(name="Kolkheti Trade LLC")
    with pytest.raises(CommandError, match="identifier"):
        made("Kolkheti Trade LLC")
    assert not ApiClient.objects.exists()


@pytest.mark.parametrize("change", [
    {"expires_at": timezone.now() - timedelta(seconds=1)}, {"revoked_at": timezone.now()},
])
def test_an_expired_or_revoked_token_is_refused(
    organisation: Organisation, change: dict[str, object]
) -> None:
    client, token = create_client(organisation, "x")
    ApiClient.objects.filter(pk=client.pk).update(**change)
    with pytest.raises(AuthenticationFailed, match="Ask for a new one"):
        authenticate(f"Bearer {token}")


@pytest.mark.parametrize("header", ["Bearer sw_unknown", "Bearer ", "bearer x y"])
def test_an_unknown_token_is_refused(header: str) -> None:
    with pytest.raises(AuthenticationFailed):
        authenticate(header)


def test_another_scheme_is_nobody() -> None:
    assert authenticate("Basic dXNlcjpwYXNz") is None


def test_use_is_noted(organisation: Organisation) -> None:
    client, token = create_client(organisation, "x")
    authenticate(f"Bearer {token}")
    client.refresh_from_db()
    assert client.last_used_at is not None


def test_an_api_view_without_a_stated_permission_is_closed(organisation: Organisation) -> None:
    class Closed(APIView):
        pass

    class Open(APIView):
        required_permission = Permission.FILE

    request = APIView().initialize_request(APIRequestFactory().get("/"))
    request.auth = Actor("x", permissions=frozenset(Permission))
    assert not HasStatedPermission().has_permission(request, Closed())
    assert HasStatedPermission().has_permission(request, Open())
    request.auth = Actor("x", permissions=frozenset({Permission.VIEW_OWN}))
    assert not HasStatedPermission().has_permission(request, Open())
    request.auth = None
    assert not actor_of(request).permissions


def test_an_agency_gets_no_token_to_file_with() -> None:
    agency = make_organisation(OrganisationKind.AGENCY)
    call_command("create_api_client", agency.identifier)
    assert set(ApiClient.objects.get().scopes) == {"agencies.review", "agencies.view_cases"}


def test_the_operator_gets_no_token() -> None:
    operator = make_organisation(OrganisationKind.OPERATOR)
    with pytest.raises(CommandError, match="no programs"):
        call_command("create_api_client", operator.identifier)
    assert not ApiClient.objects.exists()
