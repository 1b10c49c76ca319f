"""From the path of a fault to the field that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from declarations.forms.bound import BoundForm
from declarations.forms.fields import ListField
from declarations.forms.paths import Path
from declarations.forms.rows import ITEM, Group

if TYPE_CHECKING:
    from declarations.forms.declaration import DeclarationForms

Found = tuple[BoundForm | None, str | None]

_ITEM = Path.parse(ITEM)
SHIPMENT = Path.parse("GoodsShipment")
# A fault about the whole declaration or shipment is about no field of it.
_WHOLE = {Path(()), SHIPMENT}


class Binding:
    """Every field of a form by its place in the message that the form writes."""

    def __init__(self, forms: DeclarationForms) -> None:
        self.fields: dict[Path, tuple[BoundForm, str]] = {}
        self.rows: dict[Path, BoundForm] = {}
        self.groups: dict[Path, Group] = {}
        self._add(forms.header, Path(()))
        self._add_groups(forms.groups, Path(()))
        for n, item in enumerate(forms.items, start=1):
            place = _numbered(_ITEM, n)
            self.rows[place] = item
            self._add(item, place)
            self._add_groups(item.groups, place)

    def find(self, text: str) -> Found:
        """The form and field that a fault at ``text`` belongs to.

        A fault about a missing group goes to the first field of it; one about something that the
        form does not show goes to its row (no field), or nowhere.
        """
        path = Path.parse(text or "")
        plain = Path(path.steps)
        for exact in (path, plain):
            if exact in self.fields:
                return self.fields[exact]
        if plain in self.rows:
            return self.rows[plain], None
        if (listed := self._list_of(plain)) is not None:
            return listed
        if plain not in _WHOLE:
            for place, found in self.fields.items():
                if plain.starts(place):
                    return found
        for depth in range(len(plain.steps), 0, -1):
            if (row := self.rows.get(Path(plain.steps[:depth]))) is not None:
                return row, None
        return None, None

    def group_of(self, text: str) -> Group | None:
        """The rows of the declaration that a fault without a row of its own is about."""
        path = Path.parse(text or "")
        for depth in range(len(path.steps), 0, -1):
            if (group := self.groups.get(_numbered(Path(path.steps[:depth]), 1))) is not None:
                return group
        return None

    def _list_of(self, path: Path) -> Found | None:
        """The field that holds several groups, if the path leads into one of them."""
        for depth in range(len(path.steps), 0, -1):
            found = self.fields.get(_numbered(Path(path.steps[:depth]), 1))
            if found is not None and isinstance(found[0].fields[found[1]], ListField):
                return found
        return None

    def _add(self, form: BoundForm, place: Path) -> None:
        for name, field in form.bound():
            self.fields[place / field.path] = (form, name)

    def _add_groups(self, groups: list[Group], place: Path) -> None:
        for group in groups:
            below = place / group.sort.path()
            if group.item is None:
                self.groups[_numbered(below, 1)] = group
            for n, row in enumerate(group.forms, start=1 + group.sort.skip):
                self.rows[_numbered(below, n)] = row
                self._add(row, _numbered(below, n))


def _numbered(path: Path, number: int) -> Path:
    *above, (name, _) = path.steps
    return Path((*above, (name, number)))
