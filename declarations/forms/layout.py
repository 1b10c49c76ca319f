"""How the fields of a declaration stand on the page: sections, blocks, rows of twelve columns."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Div, Fieldset, Layout, LayoutObject, Row
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html

from declarations.forms.bound import BoundForm

Text = str | Promise
Cell = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows under a small heading of their own, such as one party.

    One that is ``optional`` is folded away until something is typed into it or wrong in it.
    ``party``: the first part of its fields' names, where the address book can fill them in.
    """

    rows: Sequence[Sequence[Cell]]
    title: Text = ""
    columns: int = 12
    optional: bool = False
    party: str = ""

    @property
    def fields(self) -> list[str]:
        return [name for row in self.rows for name, _ in row]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form with an anchor; the progress rail lists them.

    ``sorts``: the sorts of rows that stand below its fields.
    """

    name: str
    title: Text
    hint: Text
    blocks: Sequence[Block]
    sorts: Sequence[str] = ()


class PartyBook(LayoutObject):
    """What the address book offers below the fields of a party."""

    template = "declarations/parts/party_book.html"

    def __init__(self, prefix: str, title: Text) -> None:
        self.prefix, self.title = prefix, title

    def render(self, form: Any, context: Any, *_args: Any, **_options: Any) -> str:
        shown = {"prefix": self.prefix, "block_title": self.title, "sheet": context.get("sheet")}
        return render_to_string(self.template, shown)


def row(cells: Sequence[Cell], fields: Collection[str]) -> LayoutObject:
    """One row of columns; a field that the form lacks for its kind of message is left out."""
    return Row(
        *[Column(name, css_class=_columns(width)) for name, width in cells if name in fields],
        css_class="gx-3",
    )


def _columns(width: int) -> str:
    """Narrow fields stand two in a row on a phone, the others alone."""
    return f"col-6 col-md-{width}" if width <= 3 else f"col-12 col-md-{width}"


def block(part: Block, form: BoundForm) -> LayoutObject:
    fields = set(form.fields)
    rows = [row(cells, fields) for cells in part.rows if any(name in fields for name, _ in cells)]
    if part.party:
        rows.append(PartyBook(part.party, part.title))
    if part.optional:
        inside = Div(_opening(part, form), *rows, HTML("</details>"))
    elif part.title:
        inside = Fieldset(part.title, *rows, css_class="block")
    else:
        inside = Div(*rows)
    return Div(inside, css_class=f"col-xl-{part.columns}")


def _opening(part: Block, form: BoundForm) -> HTML:
    said = any(form.typed(name) or name in form.errors for name in part.fields)
    said = said or (bool(part.party) and getattr(form, "looked_up", "") == part.party)
    start = format_html(
        '<details class="block optional"{}><summary>{}</summary>', " open" if said else "",
        part.title,
    )
    return HTML(start)


def helper_for(form: BoundForm, blocks: Sequence[Block]) -> FormHelper:
    """The crispy helper that renders these blocks of a form without a form tag of its own."""
    helper = FormHelper(form)
    helper.form_tag = False
    helper.disable_csrf = True
    helper.form_show_errors = True
    names = set(form.fields)
    helper.layout = Layout(
        Div(*[block(part, form) for part in blocks if names & set(part.fields)],
            css_class="row gx-4")
    )
    return helper
