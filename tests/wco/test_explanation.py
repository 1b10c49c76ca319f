"""Explanations: in the order of the message, each mistake once, and long lists cut with a count."""

from __future__ import annotations

import re
import time

import pytest

from declarations.wco import Fault, Layer, Severity, validate
from declarations.wco.faults import MAX_FAULTS, capped

from .samples import PROFILE, wine_xml

TEXT = wine_xml().decode()
ITEM = TEXT[TEXT.index("<GovernmentAgencyGoodsItem>") : TEXT.index("<Importer>")]
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def told(body: str) -> list[tuple[str, str]]:
    verdict = validate(body.encode(), PROFILE)
    return [(fault.code, fault.message) for fault in verdict.faults]


def test_text_in_a_group_is_quoted() -> None:
    body = re.sub("<Declarant>.*?</Declarant>", "<Declarant>GE100</Declarant>", TEXT, flags=re.S)
    (first, missing) = told(body)
    assert first[0] == "SW-XSD-TEXT" and "“GE100”" in first[1]
    assert missing == ("SW-XSD-MISSING", "Declarant identifier is missing. Add it.")


def test_a_type_of_ones_own_hides_nothing_below_it() -> None:
    body = TEXT.replace("<Declarant>", f'<Declarant {XSI} xsi:type="Foo">').replace(
        "GE100", "G" * 40
    )
    assert [code for code, _ in told(body)] == ["SW-XSD-TYPE", "SW-XSD-LENGTH"]


def test_nil_is_no_value() -> None:
    body = TEXT.replace("<ID>GE100</ID>", f'<ID {XSI} xsi:nil="true"/>')
    ((code, message),) = told(body)
    assert code == "SW-XSD-EMPTY" and "xsi:nil" in message


@pytest.mark.parametrize("name", ["importer", "Importr", "Imporetr"])
def test_a_misspelt_element_is_one_fault(name: str) -> None:
    body = TEXT.replace("<Importer>", f"<{name}>").replace("</Importer>", f"</{name}>")
    assert told(body) == [
        ("SW-XSD-UNKNOWN",
         f"The element “{name}” has no place here. Did you mean “Importer”?")
    ]


def test_the_one_that_moved_is_told_not_the_many_in_its_way() -> None:
    importer = re.search(r"<Importer>.*</Importer>", TEXT, re.S)
    assert importer
    body = TEXT.replace(importer.group(), "").replace(ITEM, importer.group() + ITEM * 300)
    ((code, message),) = told(body)
    assert code == "SW-XSD-ORDER"
    assert message.startswith("Importer stands in the wrong place.")
    assert message.endswith("Move it after “GovernmentAgencyGoodsItem”.")


def test_order_of_the_message_even_on_one_line() -> None:
    body = re.sub(r">\s+<", "><", TEXT)
    body = (
        body.replace("<FunctionCode>9", "<FunctionCode>7")
        .replace("<TypeCode>IMA</TypeCode>", "<TypeCode>IMA</TypeCode><Odd/>")
        .replace("GE100", "G" * 40)
        .replace("10.50", "ten")
        .replace("<ID>GE200</ID>", "<ID></ID>")
    )
    assert [code for code, _ in told(body)] == [
        "SW-XSD-ENUM", "SW-XSD-UNKNOWN", "SW-XSD-LENGTH", "SW-XSD-NUMBER", "SW-XSD-EMPTY",
    ]


def test_every_fault_of_many_items_and_then_the_count() -> None:
    bad = ITEM.replace("22042100", "2" * 19).replace("10.50", "ten").replace(
        "<CurrentCode>40</CurrentCode>", ""
    )
    faults = validate(TEXT.replace(ITEM, bad * 50).encode(), PROFILE).faults
    assert len(faults) == MAX_FAULTS
    items = [int(m.group(1)) for f in faults if (m := re.search(r"Item\[(\d+)\]", f.path))]
    assert items == sorted(items) and items[:6] == [1, 1, 1, 2, 2, 2]
    assert faults[-1].code == "SW-MORE"
    assert faults[-1].params["count"] == 150 - (MAX_FAULTS - 1)


def test_twenty_thousand_empty_items_are_answered_in_time() -> None:
    body = TEXT.replace(ITEM, "<GovernmentAgencyGoodsItem/>" * 19_000 + ITEM)
    begun = time.process_time()  # not the clock: other tests run beside this one
    faults = validate(body.encode(), PROFILE).faults
    assert time.process_time() - begun < 2
    assert {fault.code for fault in faults} == {"SW-XSD-MISSING", "SW-MORE"}
    assert faults[-1].params["count"] > 1000


def test_warnings_never_crowd_out_an_error() -> None:
    def fault(n: int, severity: Severity) -> Fault:
        return Fault(f"C{n}", Layer.RULE, "Said.", severity=severity)

    many = [fault(n, Severity.WARNING) for n in range(250)] + [fault(999, Severity.ERROR)]
    listed = capped(many)
    assert sum(one.severity is Severity.WARNING for one in listed) == MAX_FAULTS
    assert "C999" in [one.code for one in listed]
    assert listed[-1].params == {"count": 250 - (MAX_FAULTS - 1)}
    assert capped(many[:100]) == many[:100]
