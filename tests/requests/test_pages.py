"""The pages of both sides, by plain forms: no test here runs a script."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies import cancellations, decisions, requests
from agencies.correspondence import CancellationRequest, InformationRequest, RequestTemplate
from agencies.forms import today
from agencies.models import Review
from agencies.states import CancellationState, RequestState
from declarations.models import Attachment
from declarations.states import State
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.tokens import create_client
from tests.agencies.conftest import World
from tests.agencies.samples import make_declaration
from tests.agencies.test_pages import page, signed_in
from tests.factories import make_member, make_officer, make_organisation
from tests.requests import files
from tests.requests.files import sent
from tests.requests.test_requests import Asked


@pytest.fixture
def case(world: World) -> Asked:
    return Asked(world)


def trader_of(case: Asked) -> Client:
    assert case.declaration.filed_by is not None
    return signed_in(case.declaration.filed_by)


def officer_of(case: Asked) -> Client:
    return signed_in(User.objects.get(pk=case.officer.user_id))


def tab(case: Asked) -> str:
    return reverse("declaration", args=[case.declaration.pk]) + "?tab=requests"


def answer_at(case: Asked, asked: InformationRequest) -> str:
    return reverse("request_answer", args=[case.declaration.pk, asked.pk])


def test_from_the_question_to_the_answer_by_plain_forms(case: Asked) -> None:
    officer, trader = officer_of(case), trader_of(case)
    review = reverse("review", args=[case.review.pk])
    assert "Ask for information" in page(officer, review)
    response = officer.post(reverse("review_ask", args=[case.review.pk]), {
        "text": "Which laboratory?", "documents": "Analysis report\n\nCertificate of origin",
        "due_on": str(today())}, follow=True)
    text = response.content.decode()
    assert "The trader is asked." in text and "The clock stands" in text
    assert "You wait for the trader" in text
    assert reverse("review_approve", args=[case.review.pk]) not in text

    asked = InformationRequest.objects.get()
    assert asked.documents == ["Analysis report", "Certificate of origin"]
    assert "Answer the request" in page(trader, reverse("declaration", args=[case.declaration.pk]))
    shown = page(trader, tab(case))
    for words in ("Which laboratory?", "Analysis report", "Send the answer", "must answer Phyto"):
        assert words in shown, words

    response = trader.post(answer_at(case, asked), {
        "answer": "Half written", "keep": "1", "files": [sent("report.pdf")]}, follow=True)
    shown = response.content.decode()
    assert "Nothing is sent yet." in shown and "Half written" in shown and "report.pdf" in shown
    for words in ("Half written", "report.pdf"):
        assert words not in page(officer, review)

    response = trader.post(answer_at(case, asked), {
        "answer": "The State Laboratory.", "send": "1", "files": [sent("origin.png", files.PNG)]},
        follow=True)
    assert "Sent. The agency goes on" in response.content.decode()
    shown = page(officer, review)
    for words in ("The State Laboratory.", "report.pdf", "origin.png", "Approve"):
        assert words in shown, words
    assert "Answer has come" in page(officer, reverse("review_queue") + "?show=mine")


def test_what_is_right_is_kept_and_what_is_wrong_is_told_by_file(case: Asked) -> None:
    asked, trader = case.ask(), trader_of(case)
    response = trader.post(answer_at(case, asked), {
        "answer": "See the files.", "send": "1",
        "files": [sent("good.pdf"), sent("bad<b>.html", b"<html>"), sent("empty.pdf", b"")]})
    text = response.content.decode()
    assert response.status_code == 422
    assert "none of the formats" in text and "The file is empty" in text
    assert "See the files." in text and "good.pdf" in text and "<b>" not in text
    assert "There are 2 things to correct" in text
    asked.refresh_from_db()
    assert asked.state == RequestState.OPEN
    assert [file.name for file in asked.files.all()] == ["good.pdf"]
    response = trader.post(answer_at(case, asked), {"answer": "x" * 2001, "send": "1"})
    assert response.status_code == 422 and "longer than 2000" in response.content.decode()
    response = trader.post(answer_at(case, asked), {"answer": "a\x00b", "send": "1"})
    assert response.status_code == 422


def test_an_answer_without_anything_comes_back(case: Asked) -> None:
    asked = case.ask()
    response = trader_of(case).post(answer_at(case, asked), {"answer": " ", "send": "1"})
    assert response.status_code == 422
    assert "Write an answer or add a file." in response.content.decode()


def test_a_prepared_file_is_removed_by_its_button(case: Asked) -> None:
    asked, trader = case.ask(), trader_of(case)
    trader.post(answer_at(case, asked), {"answer": "", "keep": "1", "files": [sent()]})
    file = Attachment.objects.get()
    address = reverse("request_file_remove", args=[case.declaration.pk, asked.pk, file.pk])
    assert address in page(trader, tab(case))
    assert "The file is removed." in trader.post(address, follow=True).content.decode()
    assert trader.post(address).status_code == 404


def test_a_question_that_was_withdrawn_meanwhile_says_so(case: Asked) -> None:
    asked = case.ask()
    requests.withdraw(asked.pk, case.officer)
    response = trader_of(case).post(answer_at(case, asked), {"answer": "Yes.", "send": "1"})
    assert response.status_code == 422
    assert "closed: Withdrawn" in response.content.decode()


def test_a_file_is_a_download_that_runs_nowhere(case: Asked) -> None:
    asked, trader, officer = case.ask(), trader_of(case), officer_of(case)
    trader.post(answer_at(case, asked), {"answer": "", "keep": "1",
                                         "files": [sent("ფაქტურა.pdf")]})
    file = Attachment.objects.get()
    address = reverse("declaration_attachment", args=[case.declaration.pk, file.pk])
    assert officer.get(address).status_code == 404  # not sent yet
    trader.post(answer_at(case, asked), {"answer": "", "send": "1"})
    for client in (trader, officer):
        response = client.get(address)
        assert b"".join(response.streaming_content) == files.PDF  # type: ignore[attr-defined]
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].startswith("attachment;")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert "no-store" in response["Cache-Control"]
    user, _actor = make_member(make_organisation())
    assert signed_in(user).get(address).status_code == 404
    user, _actor = make_officer(case.world.customs)  # whose tier has not come
    assert signed_in(user).get(address).status_code == 404
    other = make_declaration(case.declaration.organisation, case.declaration.filed_by)
    elsewhere = reverse("declaration_attachment", args=[other.pk, file.pk])
    assert trader.get(elsewhere).status_code == 404
    assert Client().get(address).status_code == 302


def test_others_cannot_answer(case: Asked) -> None:
    asked = case.ask()
    user, _actor = make_member(make_organisation())
    sent_by = signed_in(user).post(answer_at(case, asked), {"answer": "Yes.", "send": "1"})
    assert sent_by.status_code == 404
    assert officer_of(case).post(answer_at(case, asked), {"answer": "Yes."}).status_code == 403
    other = make_declaration(case.declaration.organisation, case.declaration.filed_by)
    address = reverse("request_answer", args=[other.pk, asked.pk])
    assert trader_of(case).post(address, {"answer": "Yes.", "send": "1"}).status_code == 404


def test_a_case_that_waits_is_not_late_and_stands_under_its_own_tab(case: Asked) -> None:
    officer = officer_of(case)
    late = timezone.now() - timedelta(hours=3)
    Review.objects.filter(pk=case.review.pk).update(due_at=late)
    assert "1 review is overdue" in page(officer, reverse("review_queue"))
    case.ask()
    shown = page(officer, reverse("review_queue") + "?show=waiting")
    assert "is overdue" not in shown and case.declaration.mrn in shown
    assert "Waiting for the trader" in shown
    assert case.declaration.mrn not in page(officer, reverse("review_queue") + "?show=mine")
    home = page(officer, reverse("home"))
    assert case.declaration.mrn not in home


def test_a_question_with_faults_comes_back(case: Asked) -> None:
    response = officer_of(case).post(reverse("review_ask", args=[case.review.pk]), {
        "text": "", "documents": "Report", "due_on": "2020-01-01"})
    text = response.content.decode()
    assert response.status_code == 422
    assert "Write what you want to know" in text and "choose a day in the future" in text
    assert ">\nReport</textarea>" in text


def test_withdrawing_by_the_button(case: Asked) -> None:
    asked, officer = case.ask(), officer_of(case)
    address = reverse("request_withdraw", args=[case.review.pk, asked.pk])
    assert address in page(officer, reverse("review", args=[case.review.pk]))
    assert "is withdrawn" in officer.post(address, follow=True).content.decode()
    assert case.state() == State.UNDER_REVIEW
    user, _actor = make_officer(case.world.vet)
    assert signed_in(user).post(address).status_code == 404


# --- questions asked often ------------------------------------------------------------------


def test_supervisors_keep_the_questions_and_officers_begin_with_them(case: Asked) -> None:
    user, _actor = make_officer(case.world.phyto, Role.SUPERVISOR)
    supervisor, officer = signed_in(user), officer_of(case)
    new = {"title": "Analysis", "text": "Send the analysis.", "documents": "Report", "days": "7"}
    supervisor.post(reverse("request_template_new"), new)
    template = RequestTemplate.objects.get()
    assert template.agency == case.world.phyto and template.documents == ["Report"]
    again = supervisor.post(reverse("request_template_new"), new)
    assert again.status_code == 422 and "one like this already" in again.content.decode()
    address = reverse("request_template", args=[template.pk])
    assert "Send the analysis." in page(supervisor, address)
    supervisor.post(address, new | {"title": "Analysis of wine"})
    assert "Analysis of wine" in page(officer, reverse("request_templates"))
    assert officer.post(address, new).status_code == 403
    shown = page(officer, reverse("review", args=[case.review.pk]) + f"?template={template.pk}")
    assert ">\nSend the analysis.</textarea>" in shown and ">\nReport</textarea>" in shown
    user, _actor = make_officer(case.world.vet, Role.SUPERVISOR)
    delete = reverse("request_template_delete", args=[template.pk])
    assert signed_in(user).get(address).status_code == 404
    assert signed_in(user).post(delete).status_code == 404
    supervisor.post(delete)
    assert not RequestTemplate.objects.exists()


# --- cancelling -----------------------------------------------------------------------------


def test_cancelling_by_plain_forms(case: Asked) -> None:
    trader = trader_of(case)
    user, _actor = make_officer(case.world.customs)
    customs = signed_in(user)
    ask = reverse("declaration_cancel", args=[case.declaration.pk])
    assert ask in page(trader, reverse("declaration", args=[case.declaration.pk]))
    assert "Customs decides" not in page(customs, reverse("cancellations"))
    assert trader.post(ask, {"reason": ""}).status_code == 422
    text = trader.post(ask, {"reason": "Filed twice."}, follow=True).content.decode()
    assert "Asked. Customs decides" in text and "Filed twice." in text
    assert "asked for already" in page(trader, ask)

    assert "Cancellations" in page(customs, reverse("review_queue"))
    wish = CancellationRequest.objects.get()
    assert case.declaration.mrn in page(customs, reverse("cancellations"))
    address = reverse("cancellation", args=[wish.pk])
    assert "Decide about the cancellation" in page(
        customs, reverse("declaration", args=[case.declaration.pk]))
    assert "Filed twice." in page(customs, address)
    assert customs.post(reverse("cancellation_deny", args=[wish.pk]), {}).status_code == 422
    customs.post(reverse("cancellation_deny", args=[wish.pk]), {"decision": "They have arrived."})
    assert "They have arrived." in page(trader, tab(case))

    trader.post(ask, {"reason": "They were sent back."})
    second = CancellationRequest.objects.get(state=CancellationState.ASKED)
    response = customs.post(reverse("cancellation_grant", args=[second.pk]), follow=True)
    assert "Cancelled. The trader" in response.content.decode()
    assert case.state() == State.CANCELLED
    response = customs.post(reverse("cancellation_grant", args=[second.pk]), follow=True)
    assert "closed: Granted" in response.content.decode()
    assert case.declaration.mrn in page(customs, reverse("cancellations") + "?show=decided")
    assert "can no longer be cancelled" in page(trader, ask)
    assert ask not in page(trader, reverse("declaration", args=[case.declaration.pk]))
    assert officer_of(case).get(address).status_code == 404


def test_the_timeline_tells_all_of_it(case: Asked) -> None:
    asked, trader = case.ask(documents=["Report"]), trader_of(case)
    trader.post(answer_at(case, asked), {
        "answer": "The state's.", "send": "1", "files": [sent("r.pdf")]})
    cancellations.ask(case.declaration.pk, case.trader, "Filed twice.")
    text = page(trader, reverse("declaration", args=[case.declaration.pk]) + "?tab=timeline")
    for words in ("Information asked for", "Report", "Information given", "The state&#x27;s.",
                  "File added", "r.pdf", "Cancellation asked for", "Filed twice."):
        assert words in text, words


# --- REST -----------------------------------------------------------------------------------


def api(case: Asked) -> dict[str, str]:
    _client, token = create_client(case.declaration.organisation, "program")
    return {"Authorization": f"Bearer {token}"}


def test_a_program_reads_and_answers(case: Asked, client: Client) -> None:
    asked, bearer = case.ask(documents=["Report"]), api(case)
    address = reverse("api_requests", args=[case.declaration.pk])
    [told] = client.get(address, headers=bearer).json()
    assert (told["state"], told["text"], told["documents"]) == ("open", asked.text, ["Report"])
    answer = told["links"]["answer"]
    refused = client.post(answer, {"answer": "See.", "files": [sent("x.html", b"<html>")]},
                          headers=bearer)
    assert refused.status_code == 400 and refused.json()["errors"][0]["path"] == "x.html"
    assert client.post(answer, {}, content_type="application/json", headers=bearer).status_code == 400
    done = client.post(answer, {"answer": "See.", "files": [sent("r.pdf")]}, headers=bearer)
    assert done.status_code == 200, done.content
    [file] = done.json()["files"]
    assert file["name"] == "r.pdf" and file["media_type"] == "application/pdf"
    content = client.get(file["links"]["content"], headers=bearer)
    assert b"".join(content.streaming_content) == files.PDF  # type: ignore[attr-defined]
    again = client.post(answer, {"answer": "More."}, content_type="application/json", headers=bearer)
    assert again.status_code == 409 and "closed" in again.json()["detail"]
    assert case.state() == State.UNDER_REVIEW


def test_a_program_answers_in_json(case: Asked, client: Client) -> None:
    asked = case.ask()
    response = client.post(
        reverse("api_request_answer", args=[case.declaration.pk, asked.pk]),
        {"answer": "Yes."}, content_type="application/json", headers=api(case))
    assert response.status_code == 200 and response.json()["answer"] == "Yes."


def test_a_program_asks_to_cancel(case: Asked, client: Client) -> None:
    address, bearer = reverse("api_cancellations", args=[case.declaration.pk]), api(case)
    for body, status in (({}, 400), ({"reason": "Filed twice."}, 202), ({"reason": "Now."}, 409)):
        response = client.post(address, body, content_type="application/json", headers=bearer)
        assert response.status_code == status, response.content
    [told] = client.get(address, headers=bearer).json()
    assert told["state"] == "asked" and told["reason"] == "Filed twice."


def test_another_organisations_requests_are_not_there_for_a_program(
    case: Asked, client: Client
) -> None:
    asked: Any = case.ask()
    _client, token = create_client(make_organisation(), "stranger")
    bearer = {"Authorization": f"Bearer {token}"}
    pk = case.declaration.pk
    for address in (reverse("api_requests", args=[pk]), reverse("api_cancellations", args=[pk])):
        assert client.get(address, headers=bearer).status_code == 404
    for address in (reverse("api_request_answer", args=[pk, asked.pk]),
                    reverse("api_cancellations", args=[pk])):
        response = client.post(address, {"answer": "x", "reason": "x"},
                               content_type="application/json", headers=bearer)
        assert response.status_code == 404


def test_decided_elsewhere_is_told(case: Asked) -> None:
    """The officer's page was open while the trader's cancellation was granted."""
    _user, customs = make_officer(case.world.customs)
    officer = officer_of(case)
    wish = cancellations.ask(case.declaration.pk, case.trader, "Filed twice.")
    cancellations.grant(wish.pk, customs)
    response = officer.post(reverse("review_ask", args=[case.review.pk]), {
        "text": "What?", "due_on": str(today())}, follow=True)
    assert "This review is closed: No longer needed." in response.content.decode()
    assert decisions.claim_next(case.officer) is None
