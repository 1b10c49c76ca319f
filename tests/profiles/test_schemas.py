"""What a set of schemas can try, each refused with its file and line and nothing installed."""

import http.server
import threading
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from declarations.profiles import trial
from declarations.profiles.install import install
from declarations.profiles.models import InstalledProfile, ProfileGrant
from declarations.profiles.plan import examine
from declarations.wco import MessageKind
from declarations.wco.foreign import SchemaFault, SchemasRefused
from portal.accounts.actors import Actor
from portal.journal.models import Event
from tests.factories import make_organisation
from tests.profiles.sets import DECLARATION, ENTRY, files, message, plan, zipped

HEAD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">\n'


def refused(admin: Actor, content: Mapping[str, str | bytes], **fields: Any) -> list[SchemaFault]:
    organisation = make_organisation()
    with pytest.raises(SchemasRefused) as caught:
        install(admin, plan(organisations=(organisation,), **fields), zipped(content))
    assert not InstalledProfile.objects.exists()
    assert not ProfileGrant.objects.exists()
    assert not Event.objects.exists()
    for fault in caught.value.faults:
        assert "%(" not in fault.message
        assert "/profile-" not in str(fault)
    return caught.value.faults


class Listener(http.server.BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[http.server.HTTPServer]:
    Listener.asked.clear()
    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()


@pytest.mark.parametrize("tag", ["include", "import", "redefine"])
def test_nothing_is_fetched(admin: Actor, listener: http.server.HTTPServer, tag: str) -> None:
    address = f"http://127.0.0.1:{listener.server_port}/x.xsd"
    body = f'{HEAD}<!-- -->\n<xs:{tag} schemaLocation="{address}"/>\n</xs:schema>'
    [fault] = refused(admin, files() | {"far.xsd": body})
    assert (fault.code, fault.file, fault.line) == ("SW-SCHEMA-NETWORK", "far.xsd", 3)
    assert address in fault.message
    assert Listener.asked == []


@pytest.mark.parametrize(
    "location",
    ["../out.xsd", "/etc/passwd", "..%2Fout.xsd", "parts/../../out.xsd", "..\\out.xsd",
     "%2e%2e/out.xsd"],
)
def test_nothing_outside_is_read(admin: Actor, location: str) -> None:
    body = f'{HEAD}<xs:include schemaLocation="{location}"/>\n</xs:schema>'
    [fault] = refused(admin, files() | {"far.xsd": body})
    assert (fault.code, fault.file, fault.line) == ("SW-SCHEMA-OUTSIDE", "far.xsd", 2)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://host/x", "C:/x.xsd", "//host/x"])
def test_no_other_scheme(admin: Actor, location: str) -> None:
    body = f'{HEAD}<xs:include schemaLocation="{location}"/>\n</xs:schema>'
    [fault] = refused(admin, files() | {"far.xsd": body})
    assert (fault.code, fault.line) == ("SW-SCHEMA-NETWORK", 2)


@pytest.mark.parametrize("at", ["schema", "include"])
def test_no_other_base(admin: Actor, listener: http.server.HTTPServer, at: str) -> None:
    """The file is there, but with the base libxml2 would look for it somewhere else."""
    base = f'xml:base="http://127.0.0.1:{listener.server_port}/"'
    body = f'{HEAD}<xs:include schemaLocation="near.xsd"/>\n</xs:schema>'
    body = body.replace(f"<xs:{at}", f"<xs:{at} {base}")
    [fault] = refused(admin, files() | {"near.xsd": f"{HEAD}</xs:schema>", "far.xsd": body})
    assert (fault.code, fault.line) == ("SW-SCHEMA-BASE", 1 if at == "schema" else 2)
    catalog = '<?oasis-xml-catalog catalog="http://example.com/c"?>\n' + f"{HEAD}</xs:schema>"
    [fault] = refused(admin, files() | {"far.xsd": catalog})
    assert fault.code == "SW-SCHEMA-BASE"
    assert Listener.asked == []


def test_a_hint_may_not_lead_out_either(admin: Actor) -> None:
    hint = ('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi='
            '"http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x ../x.xsd"/>')
    [fault] = refused(admin, files() | {"far.xsd": hint})
    assert (fault.code, fault.line) == ("SW-SCHEMA-OUTSIDE", 1)
    # One to a network is never followed, and stands in many published schemas.
    harmless = files() | {"far.xsd": hint.replace("../x.xsd", "http://example.com/x.xsd")}
    assert examine(plan(), zipped(harmless)).schema_count == 3


def test_a_missing_file(admin: Actor) -> None:
    [fault] = refused(admin, {"entry.xsd": ENTRY})
    assert (fault.code, fault.place) == ("SW-SCHEMA-MISSING", "entry.xsd:3")
    assert "parts/declaration.xsd" in fault.message


@pytest.mark.parametrize(
    "body",
    ['<?xml version="1.0"?>\n<!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n<s>&e;</s>',
     '\n<!DOCTYPE s SYSTEM "http://example.com/s.dtd">\n' + HEAD + "</xs:schema>",
     '\n<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "' + "&a;" * 50 + '">]>\n<s>&b;</s>'],
)
def test_no_doctype(admin: Actor, body: str) -> None:
    [fault] = refused(admin, files() | {"parts/typed.xsd": body.lstrip() if "xml v" in body else body})
    assert (fault.code, fault.file, fault.line) == ("SW-SCHEMA-DOCTYPE", "parts/typed.xsd", 2)


def test_no_doctype_in_utf_16(admin: Actor) -> None:
    body = '<?xml version="1.0" encoding="UTF-16"?>\n<!DOCTYPE s []>\n<s/>'.encode("utf-16")
    [fault] = refused(admin, files() | {"a.xsd": body})
    assert (fault.code, fault.line) == ("SW-SCHEMA-DOCTYPE", 2)


def test_no_other_xml(admin: Actor) -> None:
    faults = refused(admin, files() | {"a.xsd": "<html/>", "b.xsd": "<a>\n<b></a>", "c.xsd": ""})
    assert [(fault.code, fault.file) for fault in faults] == [
        ("SW-SCHEMA-NONE", "a.xsd"), ("SW-SCHEMA-SYNTAX", "b.xsd"), ("SW-SCHEMA-SYNTAX", "c.xsd")]
    assert faults[1].line == 2


def test_what_does_not_compile_says_file_and_line(admin: Actor) -> None:
    content = files()
    content["parts/declaration.xsd"] = DECLARATION.replace("MAX", "22").replace(
        '"Name" type="xs:string"', '"Name" type="d:Nowhere"')
    [fault] = refused(admin, content)
    assert fault.code == "SW-SCHEMA-COMPILE"
    assert fault.place == "parts/declaration.xsd:10"
    assert "Nowhere" in fault.message


OPTIONAL = "".join(f'<xs:element name="a{n}" type="xs:string" minOccurs="0"/>' for n in range(3000))
GROUPS = '<xs:group name="g0"><xs:sequence><xs:element name="x"/></xs:sequence></xs:group>' + "".join(
    f'<xs:group name="g{n}"><xs:sequence>' + f'<xs:group ref="d:g{n - 1}"/>' * 10
    + "</xs:sequence></xs:group>" for n in range(1, 8))


@pytest.mark.parametrize("bomb", ["time", "memory"])
def test_what_costs_too_much_is_given_up(
    admin: Actor, bomb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "MAX_SECONDS", 3)
    name = '<xs:element name="Name" type="xs:string"/>'
    body = files()["parts/declaration.xsd"]
    if bomb == "time":
        body = body.replace(name, OPTIONAL)
    else:
        body = body.replace(name, '<xs:group ref="d:g7"/>')
        body = body.replace("</xs:schema>", f"{GROUPS}</xs:schema>")
    [fault] = refused(admin, files() | {"parts/declaration.xsd": body})
    assert (fault.code, fault.file) == ("SW-SCHEMA-COSTLY", "entry.xsd")


def test_roots_that_are_none(admin: Actor) -> None:
    def codes(**fields: Any) -> set[str]:
        return {fault.code for fault in refused(admin, files(), **fields)}

    assert codes(entries={MessageKind.IMPORT: "none.xsd"}) == {"SW-SCHEMA-ENTRY"}
    assert codes(entries={MessageKind.IMPORT: "../entry.xsd"}) == {"SW-SCHEMA-ENTRY"}
    assert codes(entries={MessageKind.IMPORT: "parts/declaration.xsd"}) == {"SW-SCHEMA-ROOT"}
    assert codes(entries={MessageKind.RESPONSE: "entry.xsd"}) == {"SW-SCHEMA-ROOT"}
    assert codes(entries={}, type_codes={}) == {"SW-SCHEMA-KINDS"}


def test_a_plan_that_cannot_be(admin: Actor) -> None:
    def codes(**fields: Any) -> set[str]:
        return {fault.code for fault in refused(admin, files(), **fields)}

    assert codes(name="Ex ample") == {"SW-PROFILE-NAME"}
    assert codes(name="carec") == {"SW-PROFILE-BUILT-IN"}
    assert codes(version="1/2") == {"SW-PROFILE-VERSION"}
    assert codes(valid_to=date(2019, 12, 31)) == {"SW-PROFILE-DATES"}
    assert codes(type_codes={"EX": MessageKind.EXPORT}) == {"SW-PROFILE-TYPE", "SW-PROFILE-KIND"}
    assert codes(names={"Nothing/LRN": "ID"}) == {"SW-PROFILE-MAP"}
    assert codes(names={"LRN": "NoSuchName"}) == {"SW-PROFILE-MAP"}


def test_a_trial_without_installing(db: None) -> None:
    examined = examine(plan(), zipped(files()), message("A-1"))
    assert examined.trial is not None
    assert examined.trial.accepted
    assert examined.sample is not None
    assert examined.sample.FunctionalReferenceID == "A-1"
    assert examined.sample.GoodsShipment.Importer.Name == "Example Trade Ltd"
    assert examined.unmapped == ()
    assert examine(plan(names={}), zipped(files())).unmapped == ("LRN", "Trader")
    assert not InstalledProfile.objects.exists()
