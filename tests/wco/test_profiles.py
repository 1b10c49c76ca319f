"""Profiles: the version in force, and one made from a folder of foreign schemas."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from declarations.wco import (
    MessageKind,
    Profile,
    SchemaUnusable,
    UnknownProfile,
    from_json,
    from_xml,
    get_profile,
    profile_from_folder,
    read,
    register,
    to_json,
    to_xml,
    validate,
)
from declarations.wco.profiles import unregister

from .samples import CORPUS, PROFILE, wine

needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason=f"no corpus at {CORPUS}")
VALID = sorted((CORPUS / "valid").glob("*.xml")) if CORPUS.exists() else []


@pytest.fixture
def later() -> Iterator[Profile]:
    profile = dataclasses.replace(
        PROFILE, version="2.0", valid_from=date(2040, 1, 1), valid_to=date(2040, 12, 31)
    )
    register(profile)
    yield profile
    unregister("carec", "2.0")


def test_the_version_in_force_on_the_day(later: Profile) -> None:
    assert get_profile("carec", date(2039, 12, 31)) is PROFILE
    assert get_profile("carec", date(2040, 1, 1)) is later
    assert get_profile("carec", date(2041, 1, 1)) is PROFILE


def test_unknown_profile() -> None:
    with pytest.raises(UnknownProfile):
        get_profile("nowhere")
    with pytest.raises(UnknownProfile):
        get_profile("carec", PROFILE.valid_from - timedelta(days=1))


def uk(folder: Path = CORPUS / "schemas") -> Profile:
    submit = "customs/wrapper_submit.xsd"
    return profile_from_folder(
        "uk-dms",
        "2",
        folder,
        {
            MessageKind.IMPORT: submit,
            MessageKind.EXPORT: submit,
            MessageKind.AMENDMENT: submit,
            MessageKind.CANCELLATION: "customs/wrapper_cancel.xsd",
            MessageKind.RESPONSE: "notification.xsd",
        },
        date(2020, 1, 1),
        type_codes={
            "IM": MessageKind.IMPORT,
            "EX": MessageKind.EXPORT,
            "CO": MessageKind.IMPORT,
            "COR": MessageKind.AMENDMENT,
            "INV": MessageKind.CANCELLATION,
        },
    )


@needs_corpus
@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_uk_message_is_read_and_written_again(path: Path) -> None:
    profile = uk()
    verdict = validate(path.read_bytes(), profile)
    assert verdict.accepted, [fault.message for fault in verdict.faults]
    assert verdict.message is not None
    made = from_xml(verdict.message.root, profile)
    again = to_xml(made, profile, country="GB")
    assert validate(again, profile, verdict.kind).accepted
    assert from_xml(read(again).root, profile) == made
    assert from_json(to_json(made)) == made


def test_names_of_a_profile_lead_to_the_dataset() -> None:
    profile = dataclasses.replace(
        PROFILE, names={"GoodsShipment/Receiver": "Importer", "Explanation": "Description"}
    )
    made = wine()
    body = to_xml(made, profile, country="GE")
    assert b"<Receiver>" in body
    assert b"<Explanation>" in body
    assert from_xml(read(body).root, profile) == made


def test_schema_folder_may_not_lead_outside(tmp_path: Path) -> None:
    include = '<xs:include schemaLocation="{}"/>'
    xsd = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{include}</xs:schema>'
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "out.xsd").write_text(xsd.replace('<xs:include schemaLocation="{}"/>', ""))
    for location in (
        "../out.xsd",
        "http://example.com/x.xsd",
        "/etc/passwd",
        "none.xsd",
        "..%2Fout.xsd",
    ):
        (inside / "entry.xsd").write_text(xsd.format(location))
        with pytest.raises(SchemaUnusable):
            profile_from_folder(
                "x", "1", inside, {MessageKind.IMPORT: "entry.xsd"}, date(2020, 1, 1)
            )
