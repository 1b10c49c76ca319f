"""Twenty faulty messages, and what lxml, xmlschema and the portal say of each.

``python -m bench.validation_faults`` writes ``docs/validation.md`` anew: it makes the messages by
the portal's own writer, breaks each in one or more ways, and asks all three.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import xmlschema
from lxml import etree

from declarations import wco
from declarations.wco.dataset import AdditionalInformation, Declaration
from portal.demo.samples import georgia_exports, georgia_imports, permits, transit

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "validation.md"
LONGEST = 420
"""Characters of a foreign message that are shown; xmlschema repeats whole elements."""

Change = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Broken:
    """``what`` was done, in words, to a sample of ``kind``."""

    what: str
    kind: str
    change: Change


def swap(old: str, new: str, count: int = 1) -> Change:
    """Replace what matches ``old``; it must be there."""

    def change(text: str) -> str:
        changed, done = re.subn(old, new, text, count=count, flags=re.DOTALL)
        assert done, old
        return changed

    return change


def every(*changes: Change) -> Change:
    def change(text: str) -> str:
        for one in changes:
            text = one(text)
        return text

    return change


def moved(what: str, before: str) -> Change:
    """Take the first element that matches out and put it before another."""

    def change(text: str) -> str:
        found = re.search(what, text, re.DOTALL)
        assert found, what
        rest = text.replace(found.group(), "", 1)
        assert before in rest, before
        return rest.replace(before, found.group() + before, 1)

    return change


NAMES = {
    "import": "Import", "export": "Export", "transit": "Transit", "lpco": "Permit application",
    "cancellation": "Cancellation",
}
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
FAULTY = (
    Broken("the importer is left out", "import", swap("<Importer>.*?</Importer>", "")),
    Broken("an amount with a decimal comma", "import",
           swap("(<InvoiceAmount[^>]*>)[^<]*", r"\g<1>18.600,00")),
    Broken("a code that is not in its list", "import", swap("<ConditionCode>...", "<ConditionCode>XXX")),
    Broken("a misspelt element", "import", swap("(</?)Importer>", r"\1Importr>", 2)),
    Broken("an element in the wrong place", "import",
           moved("<InvoiceAmount.*?</InvoiceAmount>", "<GoodsShipment>")),
    Broken("a reference of 30 characters, where 22 are taken", "import",
           swap("(<FunctionalReferenceID>)[^<]*", r"\g<1>" + "L" * 30)),
    Broken("an amount without its currency", "import",
           swap('<InvoiceAmount currencyID="..."', "<InvoiceAmount")),
    Broken("text where only elements stand", "import",
           swap("<Declarant>.*?</Declarant>", "<Declarant>Tbilisi Trade</Declarant>")),
    Broken("six faults at once, two of them structural", "import", every(
        swap("<Importer>.*?</Importer>", ""), swap("<Declarant>.*?</Declarant>", ""),
        swap("<FunctionCode>9", "<FunctionCode>7"),
        swap("(<InvoiceAmount[^>]*>)[^<]*", r"\g<1>much"),
        swap("<CurrentCode>40</CurrentCode>", ""),
        swap("(<Classification>.*?<ID>)[^<]*", r"\g<1>" + "2" * 19),
    )),
    Broken("an element of another namespace", "import",
           swap("<Description>", '<Description xmlns="urn:other">')),
    Broken("a type of the sender's own (xsi:type)", "import",
           swap("<Declarant>", f'<Declarant {XSI} xsi:type="Company">')),
    Broken("a value that is nil (xsi:nil)", "export",
           swap("<GoodsItemQuantity.*?</GoodsItemQuantity>",
                f'<GoodsItemQuantity {XSI} xsi:nil="true"/>')),
    Broken("an empty element", "export", swap("(<CountryCode>)[^<]*", r"\1")),
    Broken("a country in small letters", "export", swap("(<CountryCode>)[^<]*", r"\1kz")),
    Broken("a date with dashes", "export",
           swap("(<DateTimeString[^>]*>)[^<]*", r"\g<1>2026-01-31")),
    Broken("the office of departure and the guarantee are left out", "transit", every(
        swap("<TransitDepartureOffice>.*?</TransitDepartureOffice>", ""),
        swap("<ObligationGuarantee>.*?</ObligationGuarantee>", ""),
    )),
    Broken("an element twice that may stand once", "transit",
           swap("(<TypeCode>[^<]*</TypeCode>)", r"\1\1")),
    Broken("a permit application without its applicant, its type unknown to it", "lpco", every(
        swap("<Applicant>.*?</Applicant>", ""), swap("(<LPCO>.*?<TypeCode>)[^<]*", r"\1TOOLONG"),
    )),
    Broken("an attribute that nobody knows", "cancellation", swap("<TypeCode>", '<TypeCode list="x">')),
    Broken("a cancellation that does not name what it cancels", "cancellation",
           swap(r"\s<ID>[^<]*</ID>", "")),
)


def main() -> None:
    DOCUMENT.write_text(document(), encoding="utf-8")
    print(f"{len(FAULTY)} faulty messages compared in {DOCUMENT.name}")


def document() -> str:
    """The comparison as Markdown."""
    parts = [_HEAD]
    for number, broken in enumerate(FAULTY, 1):
        body = broken.change(sample(broken.kind)).encode()
        parts.append(f"\n## {number}. {NAMES[broken.kind]}: {broken.what}\n")
        for who, said in (("lxml", by_lxml), ("xmlschema", by_xmlschema), ("The portal", by_us)):
            lines = said(body, broken.kind)
            parts.append(f"**{who}**\n")
            parts += [f"- {line}" for line in lines] or ["- *nothing*"]
            parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def by_lxml(body: bytes, kind: str) -> list[str]:
    """Its error log as it is."""
    schema = etree.XMLSchema(file=str(_entry(kind)))
    schema.validate(etree.fromstring(body))
    return [_code(f"line {entry.line}: {entry.message}") for entry in schema.error_log]


def by_xmlschema(body: bytes, kind: str) -> list[str]:
    """Its errors' reasons with their paths."""
    schema = _schema(kind)
    lines = []
    try:
        for error in schema.iter_errors(etree.fromstring(body)):
            lines.append(_code(f"{error.path}: {error.reason}"))
    except xmlschema.XMLSchemaException as error:
        lines.append(f"*stops with an exception:* {_code(f'{type(error).__name__}: {error}')}")
    return lines


def by_us(body: bytes, kind: str) -> list[str]:
    """Each fault's message, where it is and its WCO pointer."""
    verdict = wco.validate(body, wco.get_profile("carec"))
    assert not verdict.accepted
    return [f"{_plain(fault.message)}<br>{_code(f'line {fault.line}: {fault.path}')} · "
            f"{_pointer(fault)}" for fault in verdict.faults]


def sample(kind: str) -> str:
    """A sound message of the kind; the same on every day."""
    makers: dict[str, Callable[[date], Any]] = {
        "import": georgia_imports.wine, "export": georgia_exports.wine,
        "transit": transit.ferrochrome, "lpco": permits.caviar,
    }
    if kind in makers:
        made = makers[kind](date(2026, 3, 2))
    else:
        made = Declaration(
            FunctionCode="1", FunctionalReferenceID="TRADER-0002", ID="26GE0000000000001A",
            TypeCode="INV", AdditionalInformation=[
                AdditionalInformation(StatementDescription="The buyer cancelled the order.")],
        )
    if kind == "export":
        made.IssueDateTime = wco.DateTime.of(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
        made.GoodsItemQuantity = wco.Quantity(Decimal(1))
    return wco.to_xml(made, wco.get_profile("carec"), country="GE").decode()


@cache
def _schema(kind: str) -> Any:
    """Half a second of work: once for each kind."""
    return xmlschema.XMLSchema10(str(_entry(kind)))


def _entry(kind: str) -> Path:
    return wco.get_profile("carec").kinds[wco.MessageKind(kind)].entry


def _code(text: str) -> str:
    """As code on one line, cut where it is endless."""
    line = " ".join(text.split()).replace("`", "'")
    return f"`{line[:LONGEST]}{' …' if len(line) > LONGEST else ''}`"


def _plain(text: str) -> str:
    return text.replace("*", r"\*").replace("_", r"\_").replace("<", "&lt;")


def _pointer(fault: Any) -> str:
    steps = []
    for step in fault.pointer:
        number = f"[{step.SequenceNumeric}]" if step.SequenceNumeric else ""
        steps.append(f"{step.DocumentSectionCode}{number}" + (f"/{step.TagID}" if step.TagID else ""))
    return " › ".join(steps) or "no pointer"


_HEAD = """# What a trader is told

Twenty faulty messages of five kinds, and what three validators say of each: **lxml** (libxml2, as
its error log has it), **xmlschema** (the reason and path of each error), and **the portal**
(`declarations.wco.validate`, in English; the same is told in Russian). Where they differ:

- lxml stops at the first structural fault of a group: an importer that is missing hides the
  declarant that is missing too. xmlschema goes on, but words its findings for a programmer and
  repeats the content models and whole elements. The portal lists every fault once, in the order of
  the message, at most 100, the last line saying how many it leaves out.
- A place is a named path with the number of the goods item, a WCO pointer and a line. lxml gives
  the line and namespaced names; xmlschema an XPath.
- One sentence says what is wrong, one what to do. Values that would do are listed where they are
  few; a name that is nearly right is recognised; of elements out of order the fewest that have to
  move are named.
- Speed is lxml's: it alone gives the verdict, and only a message that it refuses is explained,
  within a second. `make bench` prints the ratios to raw lxml: the verdict takes at most 1.5 times
  as long; with dataset, business rules and projection the aim is five times, measured at 4.0 to 5.2.

This page is made by `python -m bench.validation_faults`; `tests/wco/test_comparison.py` holds it to
what the code says today.
"""

if __name__ == "__main__":
    main()
