"""The whole form of one declaration: header, items and documents, read and judged together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crispy_forms.helper import FormHelper
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from declarations.forms.binding import SHIPMENT, Binding
from declarations.forms.bound import BoundForm
from declarations.forms.dataset import Dataset, items_of, to_dataset
from declarations.forms.header import HeaderForm
from declarations.forms.items import ItemForm
from declarations.forms.layout import Section
from declarations.forms.paths import Path
from declarations.forms.rows import Group, header_sorts
from declarations.forms.totals import totals_of
from declarations.forms.typed import Typed, item_prefix, row_prefix

if TYPE_CHECKING:
    from declarations.wco import Fault


# So many items at most stand open on a page.
MOST_OPEN = 12


@dataclass(frozen=True, slots=True)
class Note:
    """What a check found: in words, and at which path of the message."""

    path: str
    message: str

    @classmethod
    def of(cls, fault: Fault) -> Note:
        return cls(fault.path, fault.translated(_))


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary; ``target`` is the id of the control or row it links to."""

    message: str
    label: str | Promise = ""
    target: str = ""


class DeclarationForms:
    """Forms over what was typed.

    ``base`` is the dataset that the draft was begun from, such as a rejected message that another
    system filed: what this form does not show of it is kept. Without ``check`` the forms show no
    errors, because a draft may be anything.
    """

    most_open = MOST_OPEN

    def __init__(
        self, kind: str, typed: Typed, base: Dataset | None = None, *, check: bool = False
    ) -> None:
        data = typed.controls()
        self.kind = kind
        self.typed = typed
        self.base = base or {}
        self.header = HeaderForm(data, kind)
        self.groups = [
            Group(sort, forms=[
                sort(data, kind, row_prefix(sort.name, n))
                for n in range(len(typed.rows.get(sort.name, ())))
            ])
            for sort in header_sorts(kind)
        ]
        self.items: list[ItemForm] = []
        for n, item in enumerate(typed.items):
            form = ItemForm(data, kind, item_prefix(n), n)
            form.add_rows({sort: len(rows) for sort, rows in item.rows.items()})
            self.items.append(form)
        for part in self.forms():
            part.full_clean()
        self.dataset = to_dataset(self, timezone.now())
        self.totals = totals_of(items_of(self.dataset))
        self.other: list[Problem] = []
        if check:
            self._require_items()
        else:
            for part in self.forms():
                part._errors = ErrorDict()  # type: ignore[attr-defined]

    def forms(self) -> Iterator[BoundForm]:
        yield self.header
        for group in self.groups:
            yield from group.forms
        for item in self.items:
            yield item
            yield from item.rows()

    def sections(self) -> Iterator[tuple[Section, FormHelper | None, list[Group]]]:
        """The parts of the header in the order of the page, with the rows that stand in each."""
        for section in self.header.parts:
            fields = section.blocks and any(
                name in self.header.fields for part in section.blocks for name in part.fields
            )
            helper = self.header.helper_of(section) if fields else None
            yield section, helper, [g for g in self.groups if g.sort.name in section.sorts]

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong, in the order of the page, each linking to its control."""
        found = []
        for form in self.forms():
            for name in (*form.fields, NON_FIELD_ERRORS):
                for error in form.errors.get(name, ()):
                    if name == NON_FIELD_ERRORS:
                        found.append(Problem(str(error), self._row(form), str(form.prefix or "")))
                    else:
                        control = form[name]
                        row = self._row(form) or self.header.title_of(name)
                        label = f"{row}, {control.label}" if row else str(control.label)
                        found.append(Problem(str(error), label, self._target(form, name)))
        return found + self.other

    def place(self, notes: Iterable[Note]) -> None:
        """Put each note beside the field that it is about; those about no field stay above.

        A field that already has an error gets no second one: the first is the cause.
        """
        binding = Binding(self)
        for note in notes:
            form, name = binding.find(note.path)
            message = note.message
            if form is None:
                if not self.items and Path.parse(note.path or "") == SHIPMENT:
                    continue  # told as "add at least one goods item"
                group = binding.group_of(note.path)
                if group is None:
                    self.other.append(Problem(message))
                else:
                    self.other.append(Problem(message, group.sort.title, group.id))
            elif name is None:
                form.add_error(None, message)
            elif name not in form.errors and not self._follows_from_errors(name):
                form.add_error(name, message)

    def located(self, notes: Iterable[Note]) -> list[Problem]:
        """The notes as lines that link to their fields; the fields stay right."""
        binding = Binding(self)
        found = []
        for note in notes:
            form, name = binding.find(note.path)
            target = self._target(form, name) if form is not None and name is not None else ""
            found.append(Problem(note.message, target=target))
        return found

    def _follows_from_errors(self, name: str) -> bool:
        """The invoice total is added up from the prices: a wrong price is told once."""
        return name == "invoice_amount" and any("price" in item.errors for item in self.items)

    def fold(self) -> None:
        """Show many items as one line each: those worked on and the first faulty ones stay open.

        A page of a thousand open items would take half a minute to make and to load.
        """
        if len(self.items) <= MOST_OPEN:
            return
        wanted = [item for item in self.items if item.opened][-MOST_OPEN:]
        wanted += [item for item in self.items if item.faulty and item not in wanted]
        for item in self.items:
            item.folded = item not in wanted[:MOST_OPEN]

    def focus(self, prefix: str) -> None:
        """Let the first field of a row take the focus when the page is shown."""
        for form in self.forms():
            if prefix and form.prefix == prefix:
                _, field = next(form.bound())
                field.widget.attrs["autofocus"] = True

    def _target(self, form: BoundForm, name: str) -> str:
        """The id of a control; of its item where that is folded and has no control to go to."""
        for item in self.items:
            if item.folded and (form is item or form in list(item.rows())):
                return str(item.prefix)
        return form[name].id_for_label

    def _row(self, form: BoundForm) -> str:
        for n, item in enumerate(self.items):
            if form is item:
                return _("Item %(number)s") % {"number": n + 1}
            for group in item.groups:
                if form in group.forms:
                    return _("Item %(number)s, %(row)s") % {
                        "number": n + 1, "row": group.label_of(form),
                    }
        for group in self.groups:
            if form in group.forms:
                return group.label_of(form)
        return ""

    def _require_items(self) -> None:
        if not self.items:
            self.other.append(
                Problem(_("Add at least one goods item."), _("Goods items"), "items")
            )
