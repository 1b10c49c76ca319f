"""Official documents as PDF: a template of ``templates/paper/`` and data, set by typst.

The data reaches the template as JSON in ``sys.inputs``, never as source: nothing that a trader
writes can be read as markup. The same template, data, fonts and moment give the same bytes.

Each document is set in a short-lived process (``press.py``), which bounds its time and memory:
0.05 s for an ordinary one, 0.8 s for 999 goods items, 1.5 s if each of them is as wordy as the
schema allows.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "paper"
PRESS = Path(__file__).with_name("press.py")
STANDARDS = ("1.7", "2.0", "a-2b", "ua-1")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "ps", "ug", "ur"})
# Documents that one process of the portal has set at the same time; the others wait for their turn.
AT_ONCE = 2
PATIENCE_SECONDS = 10
# Ten times what the longest document of the portal needs.
LIMIT_SECONDS = 20
# Several times the data of 999 goods items.
MAX_DATA_BYTES = 8_000_000

_turns = BoundedSemaphore(AT_ONCE)


class PaperBusy(Exception):
    """Too many documents are being set in this process: ask again in a moment."""


class PaperFailed(Exception):
    """The template cannot set these data; the text says why."""


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
    request = {
        "template": str(_path_of(template)),
        "root": str(TEMPLATES),
        "inputs": {
            "data": content,
            "language": language,
            "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        },
        "standard": standard,
        "at": int((at or datetime.now(UTC)).timestamp()),
    }
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise PaperBusy
    try:
        done = subprocess.run(
            [sys.executable, "-I", PRESS], input=json.dumps(request).encode(),
            capture_output=True, timeout=LIMIT_SECONDS, check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PaperFailed(f"It took more than {LIMIT_SECONDS} seconds.") from error
    finally:
        _turns.release()
    if done.returncode != 0:
        raise PaperFailed(done.stderr.decode("utf-8", "replace")[-2000:] or "The press stopped.")
    return done.stdout


def _path_of(template: str) -> Path:
    path = (TEMPLATES / template).with_suffix(".typ").resolve()
    if not path.is_relative_to(TEMPLATES.resolve()) or not path.is_file():
        raise PaperFailed(f"There is no template {template!r}.")
    return path
