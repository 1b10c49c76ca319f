"""A value, a cell, a row of cells as a printed document has them: plain text, no markup."""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from portal.pages import names
from portal.pages.dataset import Fact

Json = dict[str, Any]

# Who knows the access code can use the guarantee: it goes on no paper that travels with the goods.
SECRET = ("ObligationGuarantee/AccessCode",)
COLUMNS = 12
# Characters that fit into three and six columns of twelve.
NARROW, HALF = 26, 62


def cell(label: str, value: Any, width: int = 0, code: str = "") -> Json:
    """``width`` in columns of twelve; 0 for one that ``packed`` gives."""
    return {"label": str(label), "value": value, "width": width, "code": code}


def packed(cells: list[Json]) -> list[Json]:
    """Widths by what the cells hold, so that every row is full: the last cell takes what is left."""
    row: list[Json] = []
    used = 0
    for cell in cells:
        length = max(len(cell["value"]) + len(cell["code"]) + 1, len(cell["label"]) * 3 // 4)
        cell["width"] = 3 if length <= NARROW else 6 if length <= HALF else COLUMNS
        if used + cell["width"] > COLUMNS:
            row[-1]["width"] += COLUMNS - used
            row, used = [], 0
        row.append(cell)
        used += cell["width"]
    if row:
        row[-1]["width"] += COLUMNS - used
    return cells


def text_of(fact: Fact | None) -> str:
    """A fact as the page shows it, without its markup."""
    if fact is None or fact.value is None:
        return ""
    if re.sub(r"\[\d+\]", "", fact.path).endswith(SECRET):
        return "••••"
    if fact.type in ("amount", "measure", "quantity"):
        return _number(fact)
    if fact.type == "hs":
        return names.grouped_hs(str(fact.value))
    if fact.type == "date":
        return formats.date_format(fact.value, _("j M Y"))
    if fact.type == "moment":
        return moment(fact.value)
    return str(fact.value)


def _number(fact: Fact) -> str:
    try:
        value = Decimal(str(fact.value))
    except InvalidOperation:
        return str(fact.value)
    places = 2 if fact.type == "amount" else max(0, -int(value.normalize().as_tuple().exponent))
    text = formats.number_format(value, places, use_l10n=True, force_grouping=True)
    return f"{text}\u00a0{fact.unit}" if fact.unit else text


def code_of(fact: Fact | None) -> str:
    """The code behind a value that is shown in words."""
    return fact.unit if fact is not None and fact.type == "listed" else ""


def moment(at: datetime | None) -> str:
    """In the portal's time zone, in the notation of its pages; nothing if there is none."""
    return formats.date_format(timezone.localtime(at), _("j M Y, H:i")) if at else ""
