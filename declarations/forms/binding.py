"""From the path of a fault to the field that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from declarations.forms.bound import BoundForm
from declarations.forms.items import DOCUMENT, ITEM
from declarations.forms.paths import Path

if TYPE_CHECKING:
    from declarations.forms.declaration import DeclarationForms

Found = tuple[BoundForm | None, str | None]

_ITEM = Path.parse(ITEM)
_DOCUMENT = Path.parse(DOCUMENT)
_SHALLOW = 1  # a fault about the whole shipment is about no field of it


class Binding:
    """Every field of a form by its place in the message that the form writes."""

    def __init__(self, forms: DeclarationForms) -> None:
        self.fields: dict[Path, tuple[BoundForm, str]] = {}
        self.rows: dict[Path, BoundForm] = {}
        self._add(forms.header, Path(()))
        for n, item in enumerate(forms.items, start=1):
            place = _numbered(_ITEM, n)
            self.rows[place] = item
            self._add(item, place)
            for m, document in enumerate(item.documents, start=1):
                below = Path((*place.steps, ("AdditionalDocument", m)))
                self.rows[below] = document
                self._add(document, below)

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
        if len(plain.steps) > _SHALLOW:
            for place, found in self.fields.items():
                if plain.starts(place):
                    return found
        for depth in range(len(plain.steps), 0, -1):
            if (row := self.rows.get(Path(plain.steps[:depth]))) is not None:
                return row, None
        return None, None

    def _add(self, form: BoundForm, place: Path) -> None:
        for name, field in form.bound():
            self.fields[place / field.path] = (form, name)


def _numbered(path: Path, number: int) -> Path:
    *above, (name, _) = path.steps
    return Path((*above, (name, number)))
