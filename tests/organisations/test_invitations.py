"""Invitations: a signed link, once, for 14 days, told to nobody else."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone

from portal.accounts.invitations import Invitation
from portal.accounts.models import Membership, User
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from tests.agencies.test_decisions import at_once
from tests.factories import make_user
from tests.organisations.conftest import Side

ACCOUNT = {"first_name": "Keti", "last_name": "Abashidze", "password1": "vine-and-cellar-7",
           "password2": "vine-and-cellar-7"}


def invited(one: Side, capture: object, email: str = "keti@example.org") -> str:
    """Invite through the page; the link of the e-mail, without the portal's name."""
    with capture(execute=True):  # type: ignore[operator]
        answer = one.client.post(
            "/organisation/invitations/new/", {"email": email, "role": "declarant"})
    assert answer.status_code == 302, answer.content
    return link_of(mail.outbox[-1].body)


def link_of(text: str | object) -> str:
    found = re.search(r"https?://[^/]+(/invitation/\S+)", str(text))
    assert found is not None
    return found[1]


@pytest.fixture
def link(trader: Side, django_capture_on_commit_callbacks: object) -> str:
    return invited(trader, django_capture_on_commit_callbacks)


def test_a_stranger_opens_an_account_and_joins_once(trader: Side, link: str) -> None:
    guest = Client()
    page = guest.get(link)
    assert page.status_code == 200
    assert trader.organisation.name in page.content.decode()
    answer = guest.post(link, ACCOUNT)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    user = User.objects.get(email="keti@example.org")
    assert Membership.objects.get(user=user).organisation == trader.organisation
    assert EmailAddress.objects.get(user=user).verified
    assert guest.get("/declarations/").status_code == 200  # signed in at once
    assert Client().get(link).status_code == 404
    kinds = Event.objects.of(trader.organisation.pk).values_list("kind", flat=True)
    assert list(kinds) == [EventKind.MEMBER_INVITED, EventKind.MEMBER_JOINED]


@pytest.mark.parametrize(("change", "words"), [
    ({"password1": "12345678", "password2": "12345678"}, "numeric"),
    ({"password1": "keti@example.org", "password2": "keti@example.org"}, "similar"),
    ({"password2": "another-one-8"}, "differ"),
    ({"first_name": ""}, "required"),
])
def test_the_rules_of_passwords_hold(
    trader: Side, link: str, change: dict[str, str], words: str
) -> None:
    answer = Client().post(link, ACCOUNT | change)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not User.objects.filter(email="keti@example.org").exists()
    assert Client().get(link).status_code == 200, "the link is not used up"


def test_a_signed_in_person_joins_and_switches_between_organisations(
    broker: Side, trader: Side, link: str
) -> None:
    assert "Join as" in broker.client.get(link).content.decode()
    assert broker.client.post(link).status_code == 302
    assert broker.user.memberships.count() == 2
    home = broker.client.get("/").content.decode()
    assert "Act for" in home
    assert broker.client.get("/organisation/").status_code == 403  # a declarant over there
    broker.client.post("/act-for/", {"organisation": str(broker.organisation.pk)})
    assert broker.client.get("/organisation/").status_code == 200


def test_a_member_does_not_use_up_a_colleagues_link(trader: Side, link: str) -> None:
    assert trader.client.post(link).status_code == 409
    assert Client().get(link).status_code == 200


def test_whoever_has_an_account_signs_in_instead(trader: Side, link: str) -> None:
    make_user("keti")  # keti@example.org
    answer = Client().post(link, ACCOUNT)
    assert answer.status_code == 422
    assert "Sign in with it" in answer.content.decode()


def test_known_and_unknown_addresses_look_the_same(
    trader: Side, django_capture_on_commit_callbacks: object
) -> None:
    make_user("known")
    texts = []
    for name in ("known", "unknown"):
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            answer = trader.client.post(
                "/organisation/invitations/new/",
                {"email": f"{name}@example.org", "role": "declarant"})
        assert (answer.status_code, answer["Location"]) == (302, "/organisation/")
        texts.append(re.sub(r"/invitation/\S+|unknown|known", "", str(mail.outbox[-1].body)))
        # The page behind the link is the same too.
        texts.append(re.sub(
            r"/invitation/\S+|unknown|known|%2Finvitation%2F\S+|value=\"\w{64}\"|X-CSRF.*?\}", "",
            Client().get(link_of(mail.outbox[-1].body)).content.decode()))
    assert texts[0] == texts[2]
    assert texts[1] == texts[3]


def test_only_a_hash_of_the_token_is_kept(trader: Side, link: str) -> None:
    signed = link.split("/")[2]
    token = signed.rpartition(":")[0]
    kept = str(Invitation.objects.values().get())
    assert token not in kept
    assert token not in str(list(Event.objects.values()))
    assert len(token) >= 40


@pytest.mark.parametrize("break_it", ["unsigned", "other salt", "cut", "unknown"])
def test_a_forged_link_opens_nothing(trader: Side, link: str, break_it: str) -> None:
    signed = link.split("/")[2]
    token = signed.rpartition(":")[0]
    forged = {
        "unsigned": token, "other salt": Signer(salt="x").sign(token), "cut": signed[:-1],
        "unknown": Signer(salt="portal.organisations.invitations").sign("A" * 43),
    }[break_it]
    for send in (Client().get, Client().post):
        assert send(f"/invitation/{forged}/").status_code == 404


def test_an_expired_or_revoked_link_opens_nothing(trader: Side, link: str) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 404
    assert Client().post(link, ACCOUNT).status_code == 404
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
    pk = Invitation.objects.get().pk
    assert trader.client.post(f"/organisation/invitations/{pk}/revoke/").status_code == 302
    assert Client().post(link, ACCOUNT).status_code == 404
    assert not User.objects.filter(email="keti@example.org").exists()


def test_sending_again_kills_the_former_link(
    trader: Side, link: str, django_capture_on_commit_callbacks: object
) -> None:
    pk = Invitation.objects.get().pk
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        trader.client.post(f"/organisation/invitations/{pk}/resend/")
    assert Client().get(link).status_code == 404
    assert Client().get(link_of(mail.outbox[-1].body)).status_code == 200


def test_an_address_is_invited_once(trader: Side, link: str) -> None:
    answer = trader.client.post(
        "/organisation/invitations/new/", {"email": "KETI@example.org", "role": "declarant"})
    assert answer.status_code == 422
    assert "invited already" in answer.content.decode()


def test_another_organisations_invitation_is_not_there(
    broker: Side, trader: Side, link: str
) -> None:
    pk = Invitation.objects.get().pk
    for verb in ("resend", "revoke"):
        assert broker.client.post(f"/organisation/invitations/{pk}/{verb}/").status_code == 404
    assert Client().get(link).status_code == 200


def test_a_mail_server_that_is_down_is_told_to_the_manager(
    trader: Side, settings: object, django_capture_on_commit_callbacks: object
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # type: ignore[attr-defined]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        trader.client.post("/organisation/invitations/new/",
                           {"email": "keti@example.org", "role": "declarant"})
    assert "E-mail not sent" in trader.client.get("/organisation/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_who_open_the_link_at_once_make_one_account(trader: Side) -> None:
    trader.client.post(
        "/organisation/invitations/new/", {"email": "keti@example.org", "role": "declarant"})
    link = link_of(mail.outbox[-1].body)
    answers = at_once(*[lambda: Client().post(link, ACCOUNT) for _number in range(4)])
    assert sorted(one.status_code for one in answers) == [302, 404, 404, 404], answers
    assert User.objects.filter(email="keti@example.org").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_links_for_one_address_at_once_make_one_account(trader: Side, broker: Side) -> None:
    links = []
    for one in (trader, broker):
        one.client.post(
            "/organisation/invitations/new/", {"email": "keti@example.org", "role": "declarant"})
        links.append(link_of(mail.outbox[-1].body))
    answers = at_once(*[lambda link=link: Client().post(link, ACCOUNT) for link in links])
    assert sorted(one.status_code for one in answers) == [302, 422], answers
    assert User.objects.filter(email="keti@example.org").count() == 1


def test_a_name_with_line_breaks_writes_no_lines_into_the_mail(
    trader: Side, django_capture_on_commit_callbacks: object
) -> None:
    trader.user.first_name = "Nino\n\nPay at https://example.com"
    trader.user.save()
    invited(trader, django_capture_on_commit_callbacks)
    assert not [x for x in str(mail.outbox[-1].body).splitlines() if x.startswith("Pay at")]
