"""From uploaded files to the codes of one list, with every row that was refused and why."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from declarations.code_editions.layouts import (
    LOCODE_COLUMNS,
    Layout,
    RowRefused,
    RowSkipped,
    column,
    is_bare_locode,
    is_translation,
    layout_of,
)
from declarations.code_editions.tables import (
    MAX_CELL,
    FileRefused,
    Table,
    has_controls,
    read_table,
)
from declarations.codelists import Code, CodeList

MAX_NAME = 700
# Where a code stands if not under "code"; of a place it is country and location together.
CODE_COLUMNS = ("commoncode", "hscode", "alphabeticcode", "alpha2code", "alpha2", "country", "location")
# More refused rows than this share of the file: it is not a file of this list.
MOST_REFUSED = 0.5


@dataclass(frozen=True, slots=True)
class Refusal:
    file: str
    line: int
    code: str
    reason: str


@dataclass(slots=True)
class Reading:
    """What files say. ``skipped``: rows that are no codes of this list, counted by reason."""

    codes: dict[str, Code] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    files: list[dict[str, str]] = field(default_factory=list)
    """Of each file: name, layout, encoding, and columns that were not used."""


def read(files: Iterable[tuple[str, bytes]], into: CodeList) -> Reading:
    """Read one or more files that make up one edition of a list. Raises FileRefused."""
    reading = Reading()
    lines: dict[str, tuple[str, int]] = {}
    for name, body in files:
        _read_file(read_table(name, body), into, reading, lines)
    if not reading.codes:
        raise FileRefused(_("There is no code in it that could be imported."))
    return reading


def _read_file(
    table: Table, into: CodeList, reading: Reading, lines: dict[str, tuple[str, int]]
) -> None:
    titles, rows, layout = _laid_out(table, into)
    refused, good, seen_before = [], 0, Counter(titles)
    if doubled := [title for title, count in seen_before.items() if title and count > 1]:
        raise FileRefused(_("%(file)s has two columns called %(column)s.")
                          % {"file": table.name, "column": doubled[0]})
    for line, cells in rows:
        row = dict(zip(titles, cells + [""] * (len(titles) - len(cells)), strict=False))
        try:
            if len(cells) > len(titles) and any(cells[len(titles):]):
                raise RowRefused(_("The row has %(count)s cells, the header %(titles)s. A comma in a "
                                   "name needs quotation marks around the name.")
                                 % {"count": len(cells), "titles": len(titles)})
            assert layout.read is not None
            code = _checked(layout.read(row, into), into)
            known = reading.codes.get(code.code)
            if known is None:
                reading.codes[code.code] = code
                lines[code.code] = (table.name, line)
            elif known.name != code.name:
                raise RowRefused(_("The code stands in line %(line)s of %(file)s already, as "
                                   "“%(name)s”.") % {
                                       "file": lines[code.code][0], "line": lines[code.code][1],
                                       "name": known.name[:80]})
            else:
                reading.skipped[_("the same code and name again")] += 1
            good += 1
        except RowSkipped as reason:
            reading.skipped[str(reason)] += 1
            good += 1
        except RowRefused as reason:
            shown = row["code"] if "code" in row else "".join(
                row.get(title, "") for title in CODE_COLUMNS)
            refused.append(Refusal(table.name, line, shown[:40], str(reason)))
    if len(refused) > MOST_REFUSED * (good + len(refused)):
        first = refused[0]
        raise FileRefused(_(
            "%(file)s does not hold “%(list)s”: %(refused)s of %(rows)s rows are wrong. The first, "
            "line %(line)s: %(reason)s") % {
                "file": table.name, "list": _(into.label), "refused": len(refused),
                "rows": good + len(refused), "line": first.line, "reason": first.reason})
    reading.refused += refused
    reading.files.append({
        "name": table.name, "layout": str(layout.label), "encoding": table.encoding,
        "unused": ", ".join(_unused(titles, layout, into)),
    })


def _laid_out(
    table: Table, into: CodeList
) -> tuple[list[str], list[tuple[int, list[str]]], Layout]:
    """Column titles, rows below them, and the layout. Raises FileRefused for another list's."""
    if is_bare_locode(table.rows[0][1]):
        titles, rows = list(LOCODE_COLUMNS), table.rows
    else:
        titles, rows = [column(cell) for cell in table.rows[0][1]], table.rows[1:]
    layout = layout_of(frozenset(titles))
    if layout is None:
        raise FileRefused(_(
            "%(file)s has no columns that the portal knows. Its first line must name them: those of "
            "the official file, or code and name.") % {"file": table.name})
    if layout.list_name not in ("", into.name):
        raise FileRefused(_("%(file)s is another list: %(layout)s. Here “%(list)s” is imported.")
                          % {"file": table.name, "layout": layout.label, "list": _(into.label)})
    return titles, rows, layout


def _checked(code: Code, into: CodeList) -> Code:
    if not code.code:
        raise RowRefused(_("The code is missing."))
    if not re.fullmatch(into.pattern, code.code):
        raise RowRefused(_("“%(code)s” does not have the form of a code of this list.")
                         % {"code": code.code[:40]})
    for text in (code.name, *code.more.values()):
        if has_controls(text):
            raise RowRefused(_("There are control characters in it."))
        if len(text) > MAX_CELL:
            raise RowRefused(_("A cell has more than %(limit)s characters.") % {"limit": MAX_CELL})
    if not code.name:
        raise RowRefused(_("The name is missing."))
    if len(code.name) > MAX_NAME:
        raise RowRefused(_("The name has more than %(limit)s characters.") % {"limit": MAX_NAME})
    known = into.codes.get(code.code)
    for name, form in into.attributes.items():
        text = code.more.get(name) or (known.more.get(name, "") if known else "")
        if not text:
            raise RowRefused(_("A new code of this list needs the column %(column)s.")
                             % {"column": name})
        _check_attribute(name, text, form)
    for name, form in into.optional.items():
        if text := code.more.get(name, ""):
            _check_attribute(name, text, form)
    return code


def _check_attribute(name: str, text: str, form: str) -> None:
    if not re.fullmatch(form, text):
        allowed = form.replace("|", ", ") if re.fullmatch(r"[a-z|]+", form) else ""
        message = _("%(column)s is “%(text)s”; allowed are: %(allowed)s.") if allowed else _(
            "%(column)s is “%(text)s”, which does not have the right form.")
        raise RowRefused(message % {"column": name, "text": text[:40], "allowed": allowed})


def _unused(titles: list[str], layout: Layout, into: CodeList) -> Iterator[str]:
    used = layout.columns | layout.uses
    if layout.list_name == "":
        used |= {*into.attributes, *into.optional}
    for title in titles:
        if title and title not in used and not is_translation(title):
            yield title
