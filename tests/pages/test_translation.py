"""The Russian catalogue is whole, the Persian one for what a trader sees; the pages speak both.

After a change of texts: ``make messages`` (needs GNU gettext), translate, ``make messages`` again.
"""

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from pathlib import Path
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

PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]\b|\{[a-z_]*\}")
# A number of each plural form. (The fourth of Russian is for fractions.)
PLURALS = {"ru": (1, 3, 5), "fa": (1, 5)}
FORMS = {"ru": 4, "fa": 2}
# The files whose texts a trader meets. What only officers and administrators see may still be
# English in Persian.
TRADERS = re.compile(
    r"""portal/(?!management/)
    | declarations/(?!code_editions/|profiles/|admin)
    | agencies/(requests|amendments|cancellations|explanation|field_visibility)\.py
    | agencies/permits/(public|showing|states|drawing|certificate\w*)\.py
    | agencies/inspections/(trader_views|states)\.py
    | templates/(account|allauth|components|notices|paper|portal)/
    | templates/\w+\.html
    | templates/declarations/(?!codelists/|profiles/)
    | templates/agencies/permits/(our\w*|verdict|verify|no_verdict|parts/\w+)\.html
    | templates/agencies/inspections/parts/trader_card\.html""",
    re.VERBOSE,
)
# What stays Latin in a heading: abbreviations of the trade, and file formats.
LATIN = {"LRN", "MRN", "XML", "PEM", "JWS", "SHA", "UTC", "WCO", "UCR", "GRN", "REST", "JSON", "English",
         "CITES", "TIR"}
GOODS = "Red grape wine in bottles of 0.75 litres"


@dataclass
class Message:
    """One entry of the .po file; ``forms`` has several texts where there is a plural."""

    id: str = ""
    context: str | None = None
    plural: str = ""
    fuzzy: bool = False
    files: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)


def folder(language: str) -> Path:
    return Path(settings.BASE_DIR) / "locale" / language / "LC_MESSAGES"


@cache
def messages(language: str) -> tuple[Message, ...]:
    """The entries of django.po, without its header."""
    found = []
    for block in (folder(language) / "django.po").read_text(encoding="utf-8").split("\n\n"):
        message, texts, keyword = Message(), dict[str, str](), ""
        for line in block.splitlines():
            if line.startswith("#"):
                message.fuzzy |= line.startswith("#,") and "fuzzy" in line
                message.files += line[3:].split() if line.startswith("#: ") else []
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
def compiled(language: str) -> gettext.GNUTranslations:
    with (folder(language) / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def compiled_forms(language: str, message: Message) -> list[str]:
    """What django.mo has for it, for a number of each form where there is a plural."""
    catalogue = compiled(language)
    if message.plural:
        return [catalogue.ngettext(message.id, message.plural, n) for n in PLURALS[language]]
    if message.context is None:
        return [catalogue.gettext(message.id)]
    return [catalogue.pgettext(message.context, message.id)]


def test_every_message_is_translated_into_russian() -> None:
    assert len(messages("ru")) > 1500
    left = [m.id for m in messages("ru") if m.fuzzy or not all(m.forms)]
    assert not left, "untranslated or fuzzy in locale/ru"


def test_what_a_trader_sees_is_translated_into_persian() -> None:
    ours = [m for m in messages("fa") if any(TRADERS.match(name) for name in m.files)]
    assert len(ours) > 2500
    left = [m.id for m in ours if m.fuzzy or not all(m.forms)]
    assert not left, "untranslated or fuzzy in locale/fa"


@pytest.mark.parametrize("language", FORMS)
def test_placeholders_are_those_of_the_english_text(language: str) -> None:
    def placeholders(*texts: str) -> set[str]:
        return {one for text in texts for one in PLACEHOLDER.findall(text)}

    wrong = [
        (m.id, form) for m in messages(language) for form in m.forms
        if form and not m.fuzzy and placeholders(form) != placeholders(m.id, m.plural)
    ]
    assert not wrong
    assert all(len(m.forms) == FORMS[language] for m in messages(language) if m.plural)


@pytest.mark.parametrize("language", FORMS)
def test_compiled_catalogue_is_that_of_the_source(language: str) -> None:
    """django.mo is in the repository, because a fresh machine may have no msgfmt."""
    stale = [
        m.id for m in messages(language)
        if all(m.forms) and not m.fuzzy
        and compiled_forms(language, m) != m.forms[: len(PLURALS[language])]
    ]
    assert not stale, f"make messages, and commit locale/{language}/LC_MESSAGES/django.mo"


@pytest.mark.parametrize("language", FORMS)
def test_tags_and_codes_survive_translation(language: str) -> None:
    """A link or mark-up in a text is the same one in every language."""
    tags = re.compile(r"</?[a-z][^>]*>")
    wrong = [
        m.id for m in messages(language)
        if all(m.forms) and not m.fuzzy
        and any(sorted(tags.findall(f)) != sorted(tags.findall(m.id)) for f in m.forms)
    ]
    assert not wrong


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
    known = {message.id for message in messages("ru")}
    assert sorted(set(texts_from_data()) - known - {""}) == []


def test_code_lists_speak_russian() -> None:
    assert codelists.name("procedure", "71", "ru") == "Таможенный склад"
    assert codelists.name("country", "GE", "ru") == "Грузия"
    assert "90 %" in codelists.name("unit", "KSD", "ru")
    assert codelists.name("procedure", "71") == "Customs warehousing"


def test_code_lists_speak_persian() -> None:
    assert codelists.name("procedure", "71", "fa") == "انبارداری گمرکی"
    assert codelists.name("country", "GE", "fa") == "گرجستان"
    assert not re.search("[a-z]{4}", codelists.name("document", "851", "fa"))


# --- pages ----------------------------------------------------------------------------------


def speaking(language: str, client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def russian(client: Client) -> Client:
    return speaking("ru", client)


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
@pytest.mark.parametrize(
    ("language", "direction", "words"), [("ru", "ltr", "Войти"), ("fa", "rtl", "ورود")]
)
def test_sign_in_page(language: str, direction: str, words: str) -> None:
    response = speaking(language, Client()).get(reverse("account_login"))
    assert f'<html lang="{language}" dir="{direction}"' in text(response)
    assert words in text(response)
    assert english(response) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "name", "state", "fault"),
    [
        ("ru", "Ромашка", "Отклонена", "Функция сообщения: значения «77» нет в списке."),
        ("fa", "بابونه", "پذیرفته نشد", "77"),
    ],
)
def test_traders_pages(language: str, name: str, state: str, fault: str) -> None:
    user, actor = make_member(make_organisation(name=name))
    client = speaking(language, signed_in(user))
    body = wine_import().replace(b">9</FunctionCode>", b">77</FunctionCode>")
    faults = wco.validate(body, wco.get_profile("carec")).faults
    assert faults
    rejected = make_declaration(actor, State.REJECTED, *faults)
    for one in (State.DRAFT, State.UNDER_REVIEW, State.RELEASED):
        make_declaration(actor, one)
    for page in ("home", "declaration_list", "declaration_upload", "our_permits", "notices"):
        assert english(client.get(reverse(page)), rejected.lrn) == [], page
    for kind in Kind:
        response = client.get(reverse("declaration_new", args=[kind.value]))
        assert english(response) == [], kind
    address = reverse("declaration", args=[rejected.pk])
    for tab in ("data", "documents", "reviews", "timeline", "messages"):
        assert english(client.get(f"{address}?tab={tab}"), rejected.lrn, GOODS) == [], tab
    whole = text(client.get(address))
    assert state in whole and fault in whole


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
