"""Over REST, whom a broker filed for reads what is asked, and nothing that is only prepared."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from agencies import requests
from declarations import attachments
from declarations.models import Declaration
from portal.accounts.mandates import Mandate
from portal.accounts.tokens import create_client
from tests.factories import make_organisation
from tests.requests.files import sent
from tests.requests.test_requests import Asked, case  # noqa: F401


def asked_of(declaration: Declaration, token: str) -> Any:
    return Client().get(
        f"/api/v1/declarations/{declaration.pk}/requests",
        headers={"Authorization": f"Bearer {token}"},
    )


def test_the_principal_reads_questions_and_sent_answers(case: Asked) -> None:  # noqa: F811
    principal, stranger = make_organisation(), make_organisation()
    Declaration.objects.filter(pk=case.declaration.pk).update(principal=principal)
    today = timezone.localdate()
    Mandate.objects.create(
        principal=principal, representative=case.declaration.organisation, kinds=["import"],
        valid_from=today - timedelta(days=1), valid_to=today + timedelta(days=1),
        granted_at=timezone.now(),
    )
    question = case.ask("Which laboratory?")
    received, _refused = attachments.receive([sent()])
    requests.prepare(question.pk, case.trader, "Not yet sure", received)
    _client, token = create_client(principal, "reads")
    (one,) = asked_of(case.declaration, token).json()
    assert (one["text"], one["answer"], one["files"], one["links"]) == (
        "Which laboratory?", "", [], {})
    requests.answer(question.pk, case.trader, "The State Laboratory")
    (one,) = asked_of(case.declaration, token).json()
    assert one["answer"] == "The State Laboratory"
    assert [file["name"] for file in one["files"]] == ["certificate.pdf"]
    _client, token = create_client(stranger, "curious")
    assert asked_of(case.declaration, token).status_code == 404
