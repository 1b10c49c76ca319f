"""The Russian catalogue is whole and right, and the pages speak it.

After a change of texts: ``make messages`` (needs GNU gettext), translate, ``make messages`` again.
"""

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from declarations import codelists, wco
from declarations.rules.registry import all_rules
from declarations.states import Kind, State
from declarations.wco.dictionary import entries
from portal.accounts.roles import OrganisationKind, Role
from tests.factories import (
    make_agency,
    make_member,
    make_officer,
    make_organisation,
    wine_import,
)
from tests.pages.cases import make_declaration, send_to
from tests.pages.test_declaration import signed_in, text

FOLDER = settings.BASE_DIR / "locale" / "ru" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]\b|\{[a-z_]*\}")
# A number of each plural form: one, few, many. (The fourth is for fractions.)
PLURALS = (1, 3, 5)
# What stays Latin in a Russian heading: abbreviations of the trade, and file formats.
LATIN = {"LRN", "MRN", "XML", "PEM", "JWS", "SHA", "UTC", "WCO", "UCR", "GRN", "REST", "JSON", "English"}
GOODS = "Red grape wine in bottles of 0.75 litres"


@dataclass
class Message:
    """One entry of the .po file; ``forms`` has several texts where there is a plural."""

    id: str = ""
    context: str | None = None
    plural: str = ""
    fuzzy: bool = False
    forms: list[str] = field(default_factory=list)


@cache
def messages() -> tuple[Message, ...]:
    """The entries of django.po, without its header."""
    found = []
    for block in (FOLDER / "django.po").read_text(encoding="utf-8").split("\n\n"):
        message, texts, keyword = Message(), dict[str, str](), ""
        for line in block.splitlines():
            if line.startswith("#"):
                message.fuzzy |= line.startswith("#,") and "fuzzy" in line
                continue
            if not line.startswith('"'):
                keyword, _, line = line.partition(" ")
            texts[keyword] = texts.get(keyword, "") + ast.literal_eval(line)
        message.id, message.plural = texts.pop("msgid", ""), texts.pop("msgid_plural", "")
        message.context = texts.pop("msgctxt", None)
        message.forms = list(texts.values())
        if message.id:
            found.append(message)
    return tuple(found)


@cache
def compiled() -> gettext.GNUTranslations:
    with (FOLDER / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def compiled_forms(message: Message) -> list[str]:
    """What django.mo has for it, for one, few and many where there is a plural."""
    if message.plural:
        return [compiled().ngettext(message.id, message.plural, n) for n in PLURALS]
    if message.context is None:
        return [compiled().gettext(message.id)]
    return [compiled().pgettext(message.context, message.id)]


def test_every_message_is_translated() -> None:
    assert len(messages()) > 1500
    left = [m.id for m in messages() if m.fuzzy or not all(m.forms)]
    assert not left, "untranslated or fuzzy in locale/ru"
    assert all(len(m.forms) == 4 for m in messages() if m.plural)


def test_placeholders_are_those_of_the_english_text() -> None:
    def placeholders(*texts: str) -> set[str]:
        return {one for text in texts for one in PLACEHOLDER.findall(text)}

    wrong = [
        (m.id, form) for m in messages() for form in m.forms
        if form and placeholders(form) != placeholders(m.id, m.plural)
    ]
    assert not wrong


def test_compiled_catalogue_is_that_of_the_source() -> None:
    """django.mo is in the repository, because a fresh machine may have no msgfmt."""
    stale = [m.id for m in messages() if compiled_forms(m) != m.forms[: len(PLURALS)] and all(m.forms)]
    assert not stale, "make messages, and commit locale/ru/LC_MESSAGES/django.mo"


def texts_from_data() -> Iterator[str]:
    """English texts that reach a page through data, not through a call of gettext."""
    for rule in all_rules():
        yield rule.message
    for entry in entries():
        yield entry.label
    for code_list in codelists.lists():
        if code_list.name not in ("country", "currency", "hs"):  # by their packages
            yield from (code.name.replace("%", "%%") for code in code_list.codes.values())


def test_texts_that_come_from_data_are_in_the_catalogue() -> None:
    known = {message.id for message in messages()}
    assert sorted(set(texts_from_data()) - known - {""}) == []


def test_code_lists_speak_russian() -> None:
    assert codelists.name("procedure", "71", "ru") == "Таможенный склад"
    assert codelists.name("country", "GE", "ru") == "Грузия"
    assert "90 %" in codelists.name("unit", "KSD", "ru")
    assert codelists.name("procedure", "71") == "Customs warehousing"


# --- pages ----------------------------------------------------------------------------------


def russian(client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ru"
    return client


def headings(response: Any) -> list[str]:
    """What titles, table heads, field labels, menu and buttons of a page say."""
    assert response.status_code == 200
    page = re.sub(r"<svg.*?</svg>", "", text(response))
    page = re.sub(r'<(abbr|span) class="[^"]*\b(code|person-\w+)\b.*?</\1>', "", page)
    found = re.findall(r"<(h[1-4]|th|dt|label|legend|button|nav)\b[^>]*>(.*?)</\1>", page)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", inner)).split()) for _, inner in found]


def english(response: Any, *data: str) -> list[str]:
    """Headings with a Latin word that is neither an abbreviation nor part of ``data``."""
    found = []
    for heading in headings(response):
        rest = heading
        for one in data:
            rest = rest.replace(one, "")
        if set(re.findall(r"[A-Za-z]{3,}", rest)) - LATIN:
            found.append(heading)
    return found


@pytest.mark.django_db
def test_sign_in_page() -> None:
    response = russian(Client()).get(reverse("account_login"))
    assert '<html lang="ru"' in text(response) and "Войти" in text(response)
    assert english(response) == []


@pytest.mark.django_db
def test_traders_pages() -> None:
    user, actor = make_member(make_organisation(name="Ромашка"))
    client = russian(signed_in(user))
    body = wine_import().replace(b">9</FunctionCode>", b">77</FunctionCode>")
    faults = wco.validate(body, wco.get_profile("carec")).faults
    assert faults
    rejected = make_declaration(actor, State.REJECTED, *faults)
    for state in (State.DRAFT, State.UNDER_REVIEW, State.RELEASED):
        make_declaration(actor, state)
    for name in ("home", "declaration_list", "declaration_upload"):
        assert english(client.get(reverse(name)), rejected.lrn) == [], name
    for kind in Kind:
        response = client.get(reverse("declaration_new", args=[kind.value]))
        assert english(response) == [], kind
    address = reverse("declaration", args=[rejected.pk])
    for tab in ("data", "documents", "reviews", "timeline", "messages"):
        assert english(client.get(f"{address}?tab={tab}"), rejected.lrn, GOODS) == [], tab
    page = text(client.get(address))
    assert "Отклонена" in page and "Функция сообщения: значения «77» нет в списке." in page


@pytest.mark.django_db
def test_officers_pages() -> None:
    _, trader = make_member(make_organisation(name="Ромашка"))
    agency = make_agency("phyto", name="Служба растений")
    declaration = make_declaration(trader)
    review = send_to(agency, declaration)
    client = russian(signed_in(make_officer(agency)[0]))
    names = (declaration.lrn, agency.queues.get().name)
    for address in (reverse("home"), reverse("review_queue"), reverse("review", args=[review.pk])):
        assert english(client.get(address), *names) == [], address
    assert "Принять" in text(client.get(reverse("review_queue")))


@pytest.mark.django_db
def test_operators_pages() -> None:
    user, _ = make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)
    client = russian(signed_in(user))
    for address in (reverse("home"), reverse("exchange"), f"{reverse('exchange')}?direction=in"):
        assert english(client.get(address)) == [], address
    assert "Обмен с соседними странами" in text(client.get(reverse("exchange")))
