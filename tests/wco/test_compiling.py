"""Compiling a schema costs a hundred validations: it is done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from lxml import etree

from declarations.wco import MessageKind, validate
from declarations.wco.schemas import _explainer, explainer, lxml_schema

from .samples import PROFILE, wine_xml

ENTRY = PROFILE.kinds[MessageKind.IMPORT].entry


def test_one_schema_judges_every_message() -> None:
    schema = lxml_schema(ENTRY)
    for _ in range(20):
        assert validate(wine_xml(), PROFILE).accepted
    assert lxml_schema(ENTRY) is schema


def test_one_explanation_schema_for_all_threads() -> None:
    bad = wine_xml(("10.50", "ten"))
    validate(bad, PROFILE)
    compiled = _explainer.cache_info().misses
    with ThreadPoolExecutor(4) as pool:
        verdicts = list(pool.map(lambda _: validate(bad, PROFILE), range(40)))
    assert not any(verdict.accepted for verdict in verdicts)
    assert _explainer.cache_info().misses == compiled
    assert explainer(ENTRY) is explainer(ENTRY)


def test_each_thread_has_its_own_for_the_sake_of_its_error_log() -> None:
    def twice() -> tuple[etree.XMLSchema, etree.XMLSchema]:
        return lxml_schema(ENTRY), lxml_schema(ENTRY)

    with ThreadPoolExecutor(1) as pool:
        first, second = pool.submit(twice).result()
    assert first is second is not lxml_schema(ENTRY)
