"""Messages damaged at random: reader, validator and explanation raise nothing but MessageError.

``corpus/`` keeps inputs worth starting from: each is small, made by hand and named by its verdict.
A message that once broke something is added there.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from declarations.wco import (
    FunctionCode,
    MessageError,
    MessageKind,
    from_xml,
    notice,
    read,
    read_response,
    rejection,
    to_json,
    validate,
    write_response,
)
from declarations.wco.faults import MAX_FAULTS

from .samples import PROFILE, random_dataset, wine_xml

CORPUS = Path(__file__).parent / "corpus"
FILES = sorted(CORPUS.iterdir())
RESPONSE = write_response(notice(FunctionCode.RELEASED, "LRN-1", "26GE1"), PROFILE, "GE")
SEEDS = [wine_xml(), RESPONSE, *(path.read_bytes() for path in FILES)]
# What a damaged or cunning message is likely to hold.
TOKENS = [
    b"<", b">", b"/>", b"</Declaration>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x ?>", b"&amp;",
    b"&#0;", b"&#x110000;", b"&x;", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r", b"\t\n ",
    b"<!DOCTYPE a>", b' xmlns=""', b' xmlns:x="urn:x"', b"<x:y/>", b' xsi:type="a:b"',
    b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type=":"',
    b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="1"', b' a="b"' * 70,
    b"9" * 400, b"1e999", b"-0", b"NaN", b"\xd8\x00", "\u202e\ufffe".encode(), b"%(label)s", b"%",
    b"{}", b"<GovernmentAgencyGoodsItem/>" * 40, b"<ID>" * 120,
]


def damaged(seed: bytes, chance: random.Random) -> bytes:
    """The message with a few pieces removed, doubled, moved, replaced or put in."""
    body = bytearray(seed)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(body) + 1)
        end = min(len(body), start + chance.choice((0, 1, 3, 20, 200)))
        piece = bytes(body[start:end])
        at = chance.randrange(len(body) + 1)
        match chance.randrange(5):
            case 0:
                del body[start:end]
            case 1:
                body[at:at] = piece
            case 2:
                body[start:end] = chance.choice(TOKENS)
            case 3:
                body[at:at] = chance.choice(TOKENS)
            case _:
                other = chance.choice(SEEDS)
                cut = chance.randrange(len(other) + 1)
                body[start:end] = other[cut : cut + 60]
    return bytes(body)


def survives(body: bytes) -> None:
    """Everything that the portal does with a message that comes in."""
    verdict = validate(body, PROFILE)
    assert verdict.accepted or verdict.faults
    assert len(verdict.faults) <= MAX_FAULTS
    for fault in verdict.faults:
        assert fault.message and fault.translated(str) == fault.message
        assert fault.to_dict()["layer"] == fault.layer
    if verdict.message is not None:
        to_json(from_xml(verdict.message.root, PROFILE))
    if not verdict.accepted:
        answer = write_response(rejection("LRN-1", verdict.faults), PROFILE, "GE")
        assert len(read_response(answer).Error) == len(verdict.faults)
    for reader in (read, read_response):
        try:
            reader(body)
        except MessageError as error:
            assert error.faults


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_corpus(path: Path) -> None:
    body = path.read_bytes()
    survives(body)
    assert validate(body, PROFILE).accepted is path.name.startswith("accept-")


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SEEDS), st.integers(0, 2**32))
@example(wine_xml(), 0)
def test_damaged_messages(seed: bytes, chance: int) -> None:
    survives(damaged(seed, random.Random(chance)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([*PROFILE.kinds]), st.integers(0, 2**32))
def test_damaged_messages_of_every_kind(kind: MessageKind, chance: int) -> None:
    from declarations.wco import to_xml

    made = random_dataset(chance, kind)
    if kind is MessageKind.RESPONSE:
        body = write_response(made, PROFILE, "GE")
    else:
        body = to_xml(made, PROFILE, country="GE")
    survives(damaged(body, random.Random(chance)))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_noise(body: bytes) -> None:
    survives(body)
