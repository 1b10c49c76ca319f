"""Reads the text of a PDF as typst writes it: enough for tests, not a PDF library."""

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.S)
# Parentheses inside a text need no escape as long as they are in pairs; three deep is enough.
_PAIRED = rb"(?:\\.|[^\\()])*"
for _depth in range(3):
    _PAIRED = rb"(?:\\.|[^\\()]|\(" + _PAIRED + rb"\))*"
_PIECE = re.compile(rb"/(f\d+) [\d.]+ Tf|\(" + _PAIRED + rb"\)|<([0-9A-Fa-f]+)>(?= ?T[jJ])|\bET\b", re.S)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(document: bytes) -> list[str]:
    """The text of every page; runs of white space are one space."""
    objects = {int(number): body for number, body in _OBJECT.findall(document)}
    tree = next(body for body in objects.values() if b"/Type/Pages" in body)
    kids = re.search(rb"/Kids\[([^\]]*)\]", tree)
    assert kids is not None
    return [_page(objects, int(number)) for number in re.findall(rb"(\d+) 0 R", kids[1])]


def text(document: bytes) -> str:
    return " ".join(pages(document))


def _page(objects: dict[int, bytes], number: int) -> str:
    body = objects[number]
    content = _decoded(objects[_reference(body, b"Contents")])
    fonts = dict(re.findall(rb"/(f\d+) (\d+) 0 R", objects[_reference(body, b"Resources")]))
    maps = {
        name: _unicode(_decoded(objects[_reference(objects[int(font)], b"ToUnicode")]))
        for name, font in fonts.items()
    }
    said, current = [], {}
    for piece in _PIECE.finditer(content):
        if piece[1]:
            current = maps[piece[1]]
        elif piece[0] == b"ET":
            said.append(" ")
        else:
            raw = bytes.fromhex(piece[2].decode()) if piece[2] else _literal(piece[0][1:-1])
            codes = (int.from_bytes(raw[i:i + 2], "big") for i in range(0, len(raw), 2))
            said.append("".join(current.get(code, "") for code in codes))
    return " ".join("".join(said).split())


def _reference(body: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert found is not None, name
    return int(found[1])


def _decoded(body: bytes) -> bytes:
    head, _, rest = body.partition(b"stream\n")
    length = re.search(rb"/Length (\d+)", head)
    assert length is not None
    return zlib.decompress(rest[: int(length[1])])


def _literal(raw: bytes) -> bytes:
    def value(match: re.Match[bytes]) -> bytes:
        if match[1].isdigit():
            return bytes([int(match[1], 8) & 255])
        return _NAMED.get(match[1], match[1])

    return _ESCAPE.sub(value, raw)


def _unicode(cmap: bytes) -> dict[int, str]:
    """Glyph to text, from single lines (``bfchar``) and runs (``bfrange``)."""
    found = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.S):
        for glyph, words in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(words.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.S):
        for first, last, words in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = int(words, 16)
            for place, glyph in enumerate(range(int(first, 16), int(last, 16) + 1)):
                found[glyph] = chr(start + place)
    return found
