"""Official documents as PDF: a template of ``templates/paper/`` and data, set by typst.

The data reaches the template as JSON in ``sys.inputs``, never as source: nothing that a trader
writes can be read as markup. The same template, data and moment give the same bytes. Setting runs
outside the interpreter lock, so other threads of the process go on.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import typst
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "paper"
STANDARDS = ("1.7", "2.0", "a-2b", "ua-1")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "ps", "ug", "ur"})
# Documents that one process sets at the same time; the others wait for their turn, so long.
AT_ONCE = 2
PATIENCE_SECONDS = 20
# Two thousand full goods items; a document of 999 items is set in less than a second.
MAX_DATA_BYTES = 8_000_000

_turns = BoundedSemaphore(AT_ONCE)


class PaperBusy(Exception):
    """Too many documents are being set in this process: ask again in a moment."""


class PaperFailed(Exception):
    """The template cannot set these data; the text says where."""


def render(
    template: str,
    data: Mapping[str, Any],
    *,
    language: str = "en",
    standard: str = "1.7",
    at: datetime | None = None,
) -> bytes:
    """The PDF of ``template``, a name below ``templates/paper/`` with or without ``.typ``.

    ``data`` is plain JSON. ``language`` sets hyphenation and the direction of the text.
    ``standard`` "a-2b" gives PDF/A-2b for archives; every document is tagged for screen readers.
    ``at`` is the moment that the file states as that of its making: give one that belongs to the
    data, and the bytes are the same each time. Raises PaperBusy, PaperFailed.
    """
    if standard not in STANDARDS:
        raise ValueError(f"{standard!r} is none of {', '.join(STANDARDS)}.")
    content = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if len(content.encode()) > MAX_DATA_BYTES:
        raise PaperFailed(f"The data have more than {MAX_DATA_BYTES} bytes.")
    language = language.split("-")[0].lower()
    inputs = {
        "data": content,
        "language": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
    }
    moment = (at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise PaperBusy
    try:
        made = typst.compile(
            _path_of(template), root=TEMPLATES, font_paths=_fonts(), sys_inputs=inputs, format="pdf",
            pdf_standards=standard, timestamp=moment,
        )
    except typst.TypstError as error:
        raise PaperFailed(str(error)) from error
    finally:
        _turns.release()
    assert isinstance(made, bytes)
    return made


def _path_of(template: str) -> Path:
    path = (TEMPLATES / template).with_suffix(".typ").resolve()
    if not path.is_relative_to(TEMPLATES.resolve()) or not path.is_file():
        raise PaperFailed(f"There is no template {template!r}.")
    return path


@cache
def _fonts() -> typst.Fonts:
    """Those in the typst wheel (Latin, Greek, Cyrillic, plain Arabic) and the system's, which the
    templates prefer for Arabic, Georgian and Chinese. Looked for once in a process."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)
