"""What a zip can try, and that it is refused before anything is unpacked."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from declarations.profiles import archive
from declarations.profiles.archive import open_archive, pack
from declarations.wco.foreign import SchemaFault, SchemasRefused
from tests.profiles.sets import files, zipped


def refused(body: bytes) -> SchemaFault:
    """The first fault, with a plain sentence, for which the zip is refused."""
    with pytest.raises(SchemasRefused) as caught:
        open_archive(body)
    for fault in caught.value.faults:
        assert fault.message.endswith(".")
        assert "%" not in fault.message
    return caught.value.faults[0]


def entry(name: str, mode: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    "name",
    ["../out.xsd", "a/../../out.xsd", "/etc/out.xsd", "\\out.xsd", "a\\..\\..\\out.xsd",
     "C:/out.xsd", "c:out.xsd", "..", "a/..", "//host/share/out.xsd", "../readme.txt"],
)
def test_a_name_that_leads_out(name: str) -> None:
    fault = refused(zipped(files(), (entry(name), b"<a/>")))
    assert (fault.code, fault.file) == ("SW-ZIP-ESCAPE", name)


def test_a_name_with_a_hidden_end() -> None:
    """Python cuts names at a zero character; what stands after it must not be forgotten."""
    body = zipped(files(), (entry("harmlessX/../../../out.xsd"), b"<a/>"))
    fault = refused(body.replace(b"harmlessX", b"harmless\x00"))
    assert fault.code == "SW-ZIP-ESCAPE"
    assert refused(zipped(files(), (entry("a\nb.xsd"), b""))).code == "SW-ZIP-NAME"
    assert refused(zipped(files(), (entry("a/" * 30 + "b.xsd"), b""))).code == "SW-ZIP-NAME"
    assert refused(zipped(files(), (entry("a" * 300 + ".xsd"), b""))).code == "SW-ZIP-NAME"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_a_link_or_device(kind: int) -> None:
    fault = refused(zipped(files(), (entry("entry2.xsd", kind | 0o777), b"/etc/passwd")))
    assert (fault.code, fault.file) == ("SW-ZIP-LINK", "entry2.xsd")


def test_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(zipped(files() | {"big.xsd": "0" * 15_000_000})).code == "SW-ZIP-BOMB"
    assert refused(zipped(files() | {"big.txt": "0" * 15_000_000})).code == "SW-ZIP-BOMB"
    many = {f"{number}.xsd": "" for number in range(archive.MAX_ENTRIES + 1)}
    assert refused(zipped(many)).code == "SW-ZIP-MANY"
    assert refused(b"PK" + bytes(archive.MAX_ARCHIVE_BYTES)).code == "SW-ZIP-LARGE"
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 1000)
    assert refused(zipped(files())).code == "SW-ZIP-UNPACKED"


def test_a_size_that_lies() -> None:
    """The directory says 10 bytes, the data are 15 million: unpacking stops at the 10."""
    body = bytearray(zipped({"big.xsd": "0" * 15_000_000}))
    at = body.rindex(b"PK\x01\x02")
    body[at + 24 : at + 28] = struct.pack("<I", 10)
    assert refused(bytes(body)).code == "SW-ZIP-DAMAGED-FILE"


def test_damage() -> None:
    assert refused(b"").code == "SW-ZIP-DAMAGED"
    assert refused(b"<xs:schema/>").code == "SW-ZIP-DAMAGED"
    body = bytearray(zipped({"entry.xsd": "<a>" + "abc" * 50 + "</a>"}))
    body[50] ^= 0xFF
    assert refused(bytes(body)).code == "SW-ZIP-DAMAGED-FILE"
    encrypted = bytearray(zipped({"entry.xsd": "<a/>"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[encrypted.index(signature) + offset] |= 1
    assert refused(bytes(encrypted)).code == "SW-ZIP-ENCRYPTED"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as other:
        other.writestr("entry.xsd", "<a/>")
    assert refused(packed.getvalue()).code == "SW-ZIP-METHOD"


def test_two_files_of_one_name() -> None:
    fault = refused(zipped(files(), (entry("./ENTRY.xsd"), b"<a/>")))
    assert fault.code == "SW-ZIP-TWICE"


def test_what_is_no_schema_is_ignored(tmp_path: Path) -> None:
    more = {"README.txt": "read me", "samples/a.xml": "<a/>", "__MACOSX/._entry.xsd": "shadow"}
    opened = open_archive(zipped(files() | more))
    assert set(opened.schemas) == set(files())
    assert set(opened.ignored) == set(more)
    opened.write(tmp_path)
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert written == set(files())


def test_a_folder_is_packed_alike_each_time_and_without_its_links(tmp_path: Path) -> None:
    for name, body in files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(body)
    first = pack(tmp_path)
    (tmp_path / "entry.xsd").touch()
    assert pack(tmp_path) == first
    assert set(open_archive(first).schemas) == set(files())
    (tmp_path / "link.xsd").symlink_to("/etc/passwd")
    with pytest.raises(SchemasRefused):
        pack(tmp_path)
