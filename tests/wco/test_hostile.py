"""Messages made to harm are refused at the right layer, quickly and in little memory."""

from __future__ import annotations

import codecs
import gzip
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations.wco import Layer, MessageError, from_xml, read, validate

from .samples import PROFILE, wine_xml

HEAD = '<md:MetaData xmlns:md="urn:carec:sw:metadata:1">'
BODY = wine_xml()
TEXT = BODY.decode().split("?>", 1)[1]
DEC = '<d:Declaration xmlns:d="urn:carec:sw:declaration:1">'
LAYER_OF = [
    (b"", Layer.SIZE),
    (b"  \n", Layer.SIZE),
    (b"a,b,c\n1,2,3\n", Layer.SYNTAX),
    (gzip.compress(BODY), Layer.ENCODING),
    (TEXT.encode("utf-32"), Layer.ENCODING),
    (TEXT.encode("utf-32-be"), Layer.ENCODING),
    (TEXT.encode("utf-16-le"), Layer.ENCODING),
    (b"<?xml version='1.0' encoding='X-KLINGON'?><a/>", Layer.ENCODING),
    (b"<?xml version='1.0' encoding='UTF-7'?><a/>", Layer.ENCODING),
    (b"<?xml version='1.0' encoding='UTF-16'?><a/>", Layer.ENCODING),
    (b"<a>\x00</a>", Layer.ENCODING),
    (b"<a>\xff</a>", Layer.ENCODING),
    (b"<!DOCTYPE a><a/>", Layer.DOCTYPE),
    (b"<!-- <a> --><?p <b>?>\n<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", Layer.DOCTYPE),
    ("<!DOCTYPE a><a/>".encode("utf-16"), Layer.DOCTYPE),
    (codecs.BOM_UTF8 + b"<!DOCTYPE a><a/>", Layer.DOCTYPE),
    (b"<a>&x;</a>", Layer.SYNTAX),
    (b"<a/>", Layer.ROOT),
    (TEXT.replace("urn:carec:sw:metadata:1", "urn:other").encode(), Layer.ROOT),
    (TEXT.replace("IMA", "ZZ").encode(), Layer.ROOT),
]


@pytest.mark.parametrize(("body", "layer"), LAYER_OF, ids=range(len(LAYER_OF)))
def test_refused_at_its_layer(body: bytes, layer: Layer) -> None:
    verdict = validate(body, PROFILE)
    assert not verdict.accepted
    assert verdict.layer is layer
    assert verdict.faults


@pytest.mark.parametrize(
    "body",
    [
        TEXT.encode("utf-16"),
        codecs.BOM_UTF8 + TEXT.encode(),
        b"<?xml version='1.0' encoding='windows-1251'?>"
        + TEXT.replace("Marani", "Марани").encode("windows-1251"),
        b"<?xml version='1.0' encoding='ISO-8859-1'?>"
        + TEXT.replace("Marani", "Märani").encode("latin-1"),
        b"<?xml-stylesheet href='http://example.com/x.xsl'?><!-- <!DOCTYPE a> -->" + TEXT.encode(),
    ],
    ids=["utf-16", "utf-8 with mark", "windows-1251", "latin-1", "instruction and comment"],
)
def test_taken(body: bytes) -> None:
    assert validate(body, PROFILE).accepted


BOMBS = {
    "attributes": f"{HEAD}<a {{}}/></md:MetaData>".format(
        " ".join(f'a{n}="1"' for n in range(150_000))
    ),
    "few attributes too many": f"{HEAD}{DEC}<d:TypeCode {{}}>IM</d:TypeCode>".format(
        " ".join(f'a{n}="1"' for n in range(64))
    )
    + "</d:Declaration></md:MetaData>",
    "namespaces": "<a>" + "".join(f'<b xmlns:n{n}="u{n}"/>' for n in range(100_000)) + "</a>",
    "nested namespaces": "".join(f'<a xmlns:n{n}="u{n}">' for n in range(1_900)),
    "depth": "<a>" * 300_000,
    "elements": f"{HEAD}{'<a/>' * 390_000}</md:MetaData>",
    "more elements": f"{HEAD}{'<a/>' * 2_500_000}</md:MetaData>",
    "one bad child each": f"{HEAD}{DEC}<d:TypeCode>IM</d:TypeCode>"
    + "<d:AdditionalInformation><d:StatementCode/></d:AdditionalInformation>" * 60_000
    + "</d:Declaration></md:MetaData>",
    "one long text": f"{HEAD}{'x' * 9_900_000}</md:MetaData>",
    "one long value": wine_xml(("LRN-0001", "9" * 9_000_000)).decode(),
    "long number": wine_xml(("10.50", "9" * 9_000_000)).decode(),
    "billion laughs": "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + "]><a>&j;</a>",
    "quadratic": f"<!DOCTYPE a [<!ENTITY a '{'a' * 100_000}'>]><a>{'&a;' * 50_000}</a>",
    "comments": f"{HEAD}{'<!---->' * 390_000}</md:MetaData>",
    "unclosed prolog": "<?p ?>" * 390_000,
}
# VmHWM is the peak of this process alone; the peak of getrusage is inherited from the parent.
_MEASURE = """
import re, sys, time
from declarations.wco import get_profile, validate
profile = get_profile()
body = sys.stdin.buffer.read()
validate(b"<a/>", profile)
start = time.perf_counter()
verdict = validate(body, profile)
took = time.perf_counter() - start
peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
print(verdict.accepted, took, int(peak[1]) // 1024)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_answered_within_bounds(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE],
        input=BOMBS[name].encode(),
        capture_output=True,
        check=True,
    )
    accepted, seconds, megabytes = done.stdout.split()
    assert accepted == b"False"
    assert float(seconds) < 4  # 2 on a quiet machine
    assert int(megabytes) < 300


def test_too_large() -> None:
    assert validate(BODY, PROFILE, max_bytes=100).layer is Layer.SIZE


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_answered(body: bytes) -> None:
    assert not validate(body, PROFILE).accepted


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(BODY) - 1), st.binary(max_size=4))
def test_any_change_is_answered(at: int, put: bytes) -> None:
    verdict = validate(BODY[:at] + put + BODY[at + 2 :], PROFILE)
    assert verdict.accepted or verdict.faults
    for fault in verdict.faults:
        assert fault.message


def test_read_raises_only_its_own_error() -> None:
    for body, _layer in LAYER_OF[:17]:
        with pytest.raises(MessageError) as caught:
            read(body)
        assert caught.value.faults


def test_explaining_a_large_rejected_message_is_bounded() -> None:
    item = TEXT[TEXT.index("<GovernmentAgencyGoodsItem>") : TEXT.index("<Importer>")]
    body = wine_xml((item, item.replace("10.50", "1,0") * 999))
    start = time.perf_counter()
    verdict = validate(body, PROFILE)
    assert not verdict.accepted
    assert 1 <= len(verdict.faults) <= 100
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("number", ["9" * 1_000_000, "1." + "0" * 1_000_000, "-" + "9" * 1_000_000])
def test_a_number_of_a_million_digits_is_read_at_once(number: str) -> None:
    text = TEXT.replace("SequenceNumeric>1<", f"SequenceNumeric>{number}<", 1)
    assert number in text
    verdict = validate(text.encode(), PROFILE)
    assert verdict.message is not None
    begun = time.monotonic()
    from_xml(verdict.message.root, PROFILE)
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("long", ["<a>%s</a>", "<a b='%s'/>", "<a><!--%s--></a>"])
def test_a_text_beyond_the_parsers_bound_is_called_too_long(long: str) -> None:
    verdict = validate((long % ("x" * 10_010_000)).encode(), PROFILE)
    assert (verdict.layer, verdict.faults[0].code) == (Layer.SIZE, "SW-SIZE-06")
    assert "10000000 characters" in verdict.faults[0].message
