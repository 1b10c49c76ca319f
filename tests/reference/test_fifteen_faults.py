"""A message with fifteen faults of five kinds is answered with fifteen errors that can be mended."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from declarations.models import Declaration
from declarations.wco import read_response
from portal.accounts.tokens import create_client
from tests.factories import make_member, make_organisation, run_pipeline
from tests.reference.faulty import FAULTS, PATHS, fifteen_faults

ROOT = Path(__file__).resolve().parents[2]
JARGON = re.compile(r"facet|xs:|\{urn|CVC|atomic|particle|None|%\(")


def understandable(message: str) -> bool:
    """A whole sentence or two, in plain words, that says what to do."""
    return message.endswith(".") and " " in message and not JARGON.search(message)


def summary(page: str) -> list[str]:
    """The lines of a form's error summary. A field may say in its own words what is wrong."""
    (listed,) = re.findall(r'id="error-summary".*?</ul>', page, re.DOTALL)
    lines = re.findall(r"<li>(.*?)</li>", listed, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", line)).strip() for line in lines]


def test_there_are_fifteen_of_five_kinds() -> None:
    assert (len(PATHS), len(FAULTS)) == (15, 5)


def test_on_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "message.xml"
    file.write_bytes(fifteen_faults())
    done = subprocess.run(
        [sys.executable, "manage.py", "validate_message", "--json", str(file)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    errors = json.loads(done.stdout)["errors"]
    assert {(error["code"], error["path"]) for error in errors} == PATHS
    assert len(errors) == 15
    lines = [error["line"] for error in errors]
    assert all(lines)
    assert all(understandable(error["message"]) for error in errors)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ru"])
def test_over_rest_in_the_response_and_on_the_form(language: str) -> None:
    organisation = make_organisation()
    user, _actor = make_member(organisation)
    _api, token = create_client(organisation, "test")
    api = Client(headers={"authorization": f"Bearer {token}", "accept-language": language})
    receipt = api.post(
        "/api/v1/declarations", fifteen_faults(), content_type="application/xml"
    ).json()
    declaration = Declaration.objects.get(pk=receipt["id"])
    declaration.filed_by = user
    user.language = language
    user.save()
    declaration.save()
    declaration = run_pipeline(declaration)

    # REST
    errors = api.get(f"/api/v1/declarations/{receipt['id']}").json()["errors"]
    assert {(error["code"], error["path"]) for error in errors} == PATHS
    assert all(understandable(error["message"]) for error in errors)
    assert len({error["message"] for error in errors}) == 15
    cyrillic = [bool(re.search("[а-я]", error["message"])) for error in errors]
    assert all(cyrillic) if language == "ru" else not any(cyrillic)

    # the WCO Response
    response = read_response(bytes(declaration.responses.get().body))
    assert len(response.Error) == 15
    assert {error.ValidationCode for error in response.Error} == set(FAULTS)
    assert all(error.Pointer for error in response.Error)
    assert [error.Description for error in response.Error] == [e["message"] for e in errors]

    # the page and the form on which it is corrected
    browser = Client(headers={"accept-language": language})
    browser.force_login(user)
    page = browser.get(reverse("declaration", args=[declaration.pk])).content.decode()
    form = browser.get(reverse("declaration_edit", args=[declaration.pk])).content.decode()
    for error in errors:
        assert error["message"] in html.unescape(page), error
    told = summary(form)
    assert len(told) == len(set(told)) == 15
    assert all(understandable(line) for line in told)
