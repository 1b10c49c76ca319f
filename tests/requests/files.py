"""Small files of every format that is taken, and of some that are not."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 20
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
TIFF = b"II*\x00" + b"\x00" * 20
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 40

OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."


def zipped(**parts: str) -> bytes:
    return zipped_of(parts)


def zipped_of(parts: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return packed.getvalue()


def ooxml(kind: str, folder: str, **more: str) -> bytes:
    types = f'<Types><Override PartName="/{folder}/a.xml" ContentType="{OOXML}{kind}.main+xml"/></Types>'
    return zipped_of({"[Content_Types].xml": types, f"{folder}/a.xml": "<a/>"} | more)


def odf(kind: str, **more: str) -> bytes:
    return zipped_of({"mimetype": f"{ODF}{kind}", "content.xml": "<a/>"} | more)


DOCX = ooxml("wordprocessingml.document", "word")
XLSX = ooxml("spreadsheetml.sheet", "xl")
ODT = odf("text")
ODS = odf("spreadsheet")


def sent(name: str = "certificate.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """As a browser sends it, with a content type that nobody should believe."""
    return SimpleUploadedFile(name, content, content_type="text/html")
