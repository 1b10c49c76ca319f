"""A form whose fields are places of the message."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from django import forms

from declarations.forms import paths
from declarations.forms.fields import Bound, ListedCodeField
from declarations.forms.paths import Path, element_at
from declarations.wco.kinds import MessageKind


class BoundForm(forms.Form):
    """Reads and writes its part of the dataset; ``declared`` makes its fields, once per kind."""

    declared: Callable[[str], dict[str, forms.Field]]
    root = ""  # where the form's part stands in the message
    use_required_attribute = False  # a draft may be saved with anything missing

    def __init__(self, data: Mapping[str, str], kind: str, prefix: str | None = None) -> None:
        super().__init__(data, prefix=prefix)
        self.kind = kind
        self.fields = deepcopy(fields_of(type(self), kind))
        for name, field in self.bound():
            self._name_codes(name, field)

    def bound(self) -> Iterator[tuple[str, Bound]]:
        for name, field in self.fields.items():
            if isinstance(field, Bound):
                yield name, field

    def _name_codes(self, name: str, field: Bound) -> None:
        """Fill selects; under a code that was typed, say what it means."""
        if isinstance(field, ListedCodeField):
            field.offer()
        elif field.code_list:
            field.help_text = field.meaning_of(self.typed(name)) or field.help_text

    def typed(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name), ""))

    def write(self, data: dict[str, Any]) -> None:
        """Put every valid value at its place of ``data``; an emptied one is removed from there."""
        for name, field in self.bound():
            value = self.cleaned_data.get(name)
            if field.path.attribute:
                if paths.get(data, Path(field.path.steps)) is not None:
                    paths.put(data, field.path, value, self.root)
                continue
            written = field.to_dataset(value)
            if written is None:
                paths.drop(data, field.path)
                continue
            before = paths.get(data, field.path)
            if isinstance(before, dict) and isinstance(written, dict):
                written = field.merged(before, written)
            paths.put(data, field.path, written, self.root)

    @classmethod
    def read(cls, data: dict[str, Any], kind: str) -> dict[str, str]:
        """What the form shows for this part of a dataset."""
        shown = {}
        for name, field in fields_of(cls, kind).items():
            if isinstance(field, Bound):
                shown[name] = field.from_dataset(field.find(data))
        return {name: text for name, text in shown.items() if text}

    @classmethod
    def names(cls, kind: str) -> frozenset[str]:
        return frozenset(fields_of(cls, kind))


@cache
def fields_of(form: type[BoundForm], kind: str) -> dict[str, forms.Field]:
    """The form's fields for one kind of message; required where the profile requires the place."""
    fields = {}
    for name, field in form.declared(kind).items():
        if isinstance(field, Bound):
            if not known(field.full_path, kind):
                continue
            field.required = field.required or _required(field.full_path, kind, form.root)
        fields[name] = field
    return fields


def _steps(path: Path) -> Iterator[str]:
    for n in range(1, len(path.steps) + 1):
        yield str(Path(path.steps[:n]))


def known(path: Path, kind: str) -> bool:
    """True if messages of the kind have this place."""
    return all(MessageKind(kind) in element_at(step).kinds for step in _steps(path))


def _required(path: Path, kind: str, root: str) -> bool:
    """True if the message cannot be without this place, given the group the form stands for."""
    if path.attribute:
        return False
    above = Path.parse(root)
    below = [step for step in _steps(path) if not root or not Path.parse(step).starts(above)]
    return all(MessageKind(kind) in element_at(step).required for step in below)
