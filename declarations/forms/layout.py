"""How the fields of a declaration stand on the page: sections, blocks, rows of twelve columns."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Div, Fieldset, Layout, LayoutObject, Row
from django import forms
from django.utils.functional import Promise

Text = str | Promise
Cell = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows under a small heading of their own, such as one party."""

    rows: Sequence[Sequence[Cell]]
    title: Text = ""
    columns: int = 12

    @property
    def fields(self) -> list[str]:
        return [name for row in self.rows for name, _ in row]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form with an anchor; the progress rail lists them."""

    name: str
    title: Text
    hint: Text
    blocks: Sequence[Block]


def row(cells: Sequence[Cell], fields: Collection[str]) -> LayoutObject:
    """One row of columns; a field that the form lacks for its kind of message is left out."""
    return Row(
        *[Column(name, css_class=_columns(width)) for name, width in cells if name in fields],
        css_class="gx-3",
    )


def _columns(width: int) -> str:
    """Narrow fields stand two in a row on a phone, the others alone."""
    return f"col-6 col-md-{width}" if width <= 3 else f"col-12 col-md-{width}"


def block(part: Block, fields: Collection[str]) -> LayoutObject:
    rows = [row(cells, fields) for cells in part.rows if any(name in fields for name, _ in cells)]
    inside = Fieldset(part.title, *rows, css_class="block") if part.title else Div(*rows)
    return Div(inside, css_class=f"col-xl-{part.columns}")


def helper_for(form: forms.Form, blocks: Sequence[Block]) -> FormHelper:
    """The crispy helper that renders these blocks of a form without a form tag of its own."""
    helper = FormHelper(form)
    helper.form_tag = False
    helper.disable_csrf = True
    helper.form_show_errors = True
    names = set(form.fields)
    helper.layout = Layout(
        Div(*[block(part, names) for part in blocks if names & set(part.fields)],
            css_class="row gx-4")
    )
    return helper


