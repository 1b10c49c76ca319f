"""A zip of schemas, opened safely: names, kinds and sizes are judged before a byte is unpacked.

Only the XSDs are ever unpacked. Whatever else lies in the zip (manuals, samples) stays in it, as
part of the record.
"""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext_noop as _

from declarations.wco.foreign import MAX_FILE_BYTES, SchemaFault, SchemasRefused

MAX_ARCHIVE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_ENTRIES = 2000
MAX_RATIO = 200  # unpacked to packed; code lists, the most repetitive of schemas, reach about 40
MAX_NAME = 240
MAX_DEPTH = 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")
# Of a folder that is packed: the oldest time that a zip can tell, so that equal schemas make
# equal bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Archive:
    """An opened zip: its schemas by name, and the names of what else lies in it."""

    schemas: dict[str, bytes]
    ignored: tuple[str, ...]

    def write(self, folder: Path) -> None:
        """Write the schemas below ``folder``, which is empty."""
        for name, body in self.schemas.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(body)


def open_archive(body: bytes) -> Archive:
    """The schemas of a zip. Raises SchemasRefused, and then nothing was unpacked."""
    if len(body) > MAX_ARCHIVE_BYTES:
        raise _refused(
            "SW-ZIP-LARGE", _("The zip has %(size)s bytes; at most %(max)s are taken."),
            size=len(body), max=MAX_ARCHIVE_BYTES)
    try:
        zipped = zipfile.ZipFile(io.BytesIO(body))
        entries = zipped.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, EOFError):
        raise _refused("SW-ZIP-DAMAGED", _("This is not a zip file, or it is damaged.")) from None
    if len(entries) > MAX_ENTRIES:
        raise _refused(
            "SW-ZIP-MANY", _("The zip has %(count)s entries; at most %(max)s are taken."),
            count=len(entries), max=MAX_ENTRIES)
    faults = [*_faults_of_names(entries), *_faults_of_sizes(entries)]
    if faults:
        raise SchemasRefused(faults)
    files = [entry for entry in entries if not entry.is_dir()]
    wanted = [entry for entry in files if _is_schema(entry.filename)]
    schemas = {_plain(entry.filename): _unpack(zipped, entry) for entry in wanted}
    return Archive(schemas, tuple(e.filename for e in files if not _is_schema(e.filename)))


def pack(folder: Path) -> bytes:
    """A zip of the schemas below a folder; always the same for the same schemas.

    Raises SchemasRefused for a link, which could lead anywhere.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink():
                raise SchemasRefused([_link(name)])
            if path.is_file() and _is_schema(name):
                zipped.writestr(
                    zipfile.ZipInfo(name, _NO_TIME), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _is_schema(name: str) -> bool:
    """An XSD; not the shadow that a Mac adds to each file (``__MACOSX/._entry.xsd``)."""
    path = PurePosixPath(name)
    shadow = "__MACOSX" in path.parts or path.name.startswith("._")
    return path.suffix.lower() == ".xsd" and not shadow


def _plain(name: str) -> str:
    """The name without ``./`` at its beginning."""
    return PurePosixPath(name).as_posix()


def _faults_of_names(entries: list[zipfile.ZipInfo]) -> Iterator[SchemaFault]:
    taken: set[str] = set()
    for entry in entries:
        # ``filename`` is cut at a zero character and has its separators changed; this is not.
        name = entry.orig_filename
        shown = _CONTROL.sub("?", name)[:MAX_NAME]
        if _leads_out(name):
            yield SchemaFault(
                "SW-ZIP-ESCAPE",
                _("Its name leads out of the zip's own folder. Pack the files again, by relative "
                  "names."), {}, shown)
        elif _CONTROL.search(name) or len(name) > MAX_NAME or name.count("/") > MAX_DEPTH:
            yield SchemaFault(
                "SW-ZIP-NAME",
                _("Its name is too long, too deep or holds characters that no file name may have. "
                  "Give the file a plain name."), {}, shown)
        elif not _is_plain_file(entry):
            yield _link(shown)
        elif entry.flag_bits & 0x1:
            yield SchemaFault(
                "SW-ZIP-ENCRYPTED", _("It is encrypted. Pack the files without a password."),
                {}, shown)
        elif entry.compress_type not in _METHODS:
            yield SchemaFault(
                "SW-ZIP-METHOD",
                _("It is packed in a way that is not taken. Pack the files as a common zip "
                  "(deflate)."), {}, shown)
        elif _plain(entry.filename).casefold() in taken:
            yield SchemaFault(
                "SW-ZIP-TWICE", _("The zip has two files of this name. Keep one."), {}, shown)
        taken.add(_plain(entry.filename).casefold())


def _leads_out(name: str) -> bool:
    return (
        name.startswith(("/", "\\")) or "\\" in name or bool(_DRIVE.match(name))
        or ".." in PurePosixPath(name).parts
    )


def _is_plain_file(entry: zipfile.ZipInfo) -> bool:
    """Neither a link nor a device: by the Unix mode, where the zip tells one."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return kind in (0, stat.S_IFREG, stat.S_IFDIR)


def _link(name: str) -> SchemaFault:
    return SchemaFault(
        "SW-ZIP-LINK", _("It is a link or a device, not a file. Put the file itself there."),
        {}, name)


def _faults_of_sizes(entries: list[zipfile.ZipInfo]) -> Iterator[SchemaFault]:
    """By the sizes that the zip states. They may lie, but unpacking stops where they do."""
    for entry in entries:
        if _is_schema(entry.filename) and entry.file_size > MAX_FILE_BYTES:
            yield SchemaFault(
                "SW-ZIP-LARGE-FILE",
                _("Unpacked it has %(size)s bytes; at most %(max)s are taken."),
                {"size": entry.file_size, "max": MAX_FILE_BYTES}, entry.filename)
        elif entry.file_size > MAX_RATIO * max(entry.compress_size, 1024):
            yield SchemaFault(
                "SW-ZIP-BOMB",
                _("Unpacked it is %(times)s times as large as packed: this is no schema. Remove "
                  "it."),
                {"times": entry.file_size // max(entry.compress_size, 1)}, entry.filename)
    total = sum(entry.file_size for entry in entries)
    if total > MAX_UNPACKED_BYTES:
        yield SchemaFault(
            "SW-ZIP-UNPACKED",
            _("Unpacked the zip has %(size)s bytes; at most %(max)s are taken."),
            {"size": total, "max": MAX_UNPACKED_BYTES})


def _unpack(zipped: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """One file, whole, its checksum verified. Raises SchemasRefused."""
    try:
        with zipped.open(entry) as file:
            body = file.read(entry.file_size + 1)
            if len(body) == entry.file_size:
                return body
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError):
        pass
    raise SchemasRefused([SchemaFault(
        "SW-ZIP-DAMAGED-FILE", _("It is damaged. Pack the zip again."), {}, entry.filename)])


def _refused(code: str, template: str, **params: object) -> SchemasRefused:
    return SchemasRefused([SchemaFault(code, template, dict(params))])
