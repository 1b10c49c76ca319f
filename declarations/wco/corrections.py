"""A message that corrects some places of a declaration (type COR), put into the message in force.

The correction names each place by an Amendment pointer and gives the new content at the same place
of its own. What is changed is the XML of the version in force, not its dataset: what the dataset
does not know stays. Nothing is guessed: a place without new content, or content that no pointer
names and that differs from what was declared, is a fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from lxml import etree

from .dataset import Declaration
from .faults import Fault, Layer, MessageError, PointerStep, capped
from .i18n import gettext_noop as _
from .model import Element, elements, elements_by_name
from .pointers import element_at, split_path, to_path, to_pointer
from .profiles import Profile
from .xml_form import find_payload, from_xml, local_name

Step = tuple[str, int | None]

# What every message says of itself, and why it corrects: no content of the declaration.
ENVELOPE = frozenset({
    "FunctionCode", "FunctionalReferenceID", "ID", "TypeCode", "IssueDateTime", "Submitter",
    "AdditionalInformation", "Amendment", "Authentication",
})


def reasons(declaration: Declaration) -> list[str]:
    """Why a message corrects or cancels: its statements, then the codes of its amendments."""
    told = [
        " ".join((one.StatementDescription or one.StatementCode or "").split())
        for one in declaration.AdditionalInformation
    ]
    codes = dict.fromkeys(one.ChangeReasonCode for one in declaration.Amendment)
    return [text for text in [*told, *(f"[{code}]" for code in codes if code)] if text]


def places(declaration: Declaration) -> list[str]:
    """The paths that the Amendment pointers name. Raises MessageError, also where there are none."""
    found, faults = [], []
    for number, amendment in enumerate(declaration.Amendment, 1):
        steps = [
            PointerStep(p.SequenceNumeric, p.DocumentSectionCode or "", p.TagID)
            for p in amendment.Pointer
        ]
        here = f"/Declaration/Amendment[{number}]"
        try:
            path = to_path(steps)
        except ValueError:
            shown = " / ".join(f"{s.DocumentSectionCode}:{s.TagID or ''}".strip(":") for s in steps)
            faults.append(_fault(
                "SW-COR-POINTER", here,
                _("The pointer %(pointer)s leads to no element of a declaration. Begin at 42A and "
                  "name each section, then the element by its tag."), pointer=shown or "—"))
            continue
        if len(split_path(path)) < 2 or split_path(path)[1][0] in ENVELOPE:
            faults.append(_fault(
                "SW-COR-PLACE", here,
                _("%(path)s cannot be amended by a pointer. Name the element that changes."),
                path=path))
            continue
        found.append(path)
    if not found and not faults:
        faults.append(_fault(
            "SW-COR-NONE", "/Declaration/Amendment",
            _("The message names no place to amend. Give an Amendment with a Pointer for each "
              "element that changes.")))
    if faults:
        raise MessageError(capped(faults))
    return list(dict.fromkeys(found))


def corrected(
    in_force: etree._Element, correction: etree._Element, profile: Profile
) -> bytes:
    """The message in force with what the correction changes. Both are of ``profile``.

    Raises MessageError with a fault for each place where that cannot be done without guessing.
    """
    payload = find_payload(correction)
    root = deepcopy(in_force)
    target = find_payload(root)
    if payload is None or target is None:
        raise MessageError([_fault(
            "SW-COR-NONE", "/Declaration", _("The message holds no Declaration to correct by."))])
    named = places(from_xml(payload, profile))
    tree = _Tree(profile)
    faults = list(_unnamed(tree, payload, target, named))
    for path in named:
        steps = split_path(path)[1:]
        if tree.find(payload, steps) is None:
            faults.append(_fault(
                "SW-COR-VALUE", path,
                _("The message points at %(path)s but does not give its new content. Give it at "
                  "the same place; to remove an element, send the whole amended declaration."),
                path=path))
        elif not tree.put(target, payload, steps):
            faults.append(_fault(
                "SW-COR-AHEAD", path,
                _("%(path)s would leave a gap: there are fewer before it in the version in force. "
                  "Number it next after the last one."), path=path))
    if faults:
        raise MessageError(capped(faults))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _unnamed(
    tree: _Tree, payload: etree._Element, target: etree._Element, named: list[str]
) -> Iterator[Fault]:
    """Content that no pointer names and that is not what was declared."""
    wanted = [_without_ones(split_path(path)[1:]) for path in named]
    for steps, leaf in tree.leaves(payload):
        plain = _without_ones(steps)
        if steps[-1][0] == "SequenceNumeric" or any(plain[: len(one)] == one for one in wanted):
            continue
        # In a group that is new, the elements beside the one named come with it.
        before = tree.find(target, steps)
        group = tree.find(target, steps[:-1]) if len(steps) > 1 else target
        beside = any(one[: len(plain) - 1] == plain[:-1] for one in wanted)
        if (group is None and beside) or (before is not None and _same(before, leaf)):
            continue
        path = "/Declaration/" + "/".join(f"{n}[{k}]" if k else n for n, k in steps)
        yield _fault(
            "SW-COR-UNNAMED", path,
            _("%(path)s differs from the version in force, but no Amendment points at it. Add a "
              "pointer to it, or give it as it was declared."), path=path)


class _Tree:
    """Elements of one profile, found by the names and numbers of the dataset."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    def described(self, child: etree._Element, cls: type) -> Element | None:
        name = self._profile.field_name(cls, local_name(child))
        return elements_by_name(cls).get(name)

    def find(self, payload: etree._Element, steps: list[Step]) -> etree._Element | None:
        cls: type = Declaration
        here = payload
        for name, number in steps:
            found = self._child(here, cls, name, number)
            if found is None:
                return None
            here, cls = found, elements_by_name(cls)[name].group or object
        return here

    def _alike(self, parent: etree._Element, cls: type, name: str) -> list[etree._Element]:
        return [c for c in parent if (d := self.described(c, cls)) is not None and d.name == name]

    def _child(
        self, parent: etree._Element, cls: type, name: str, number: int | None
    ) -> etree._Element | None:
        alike = self._alike(parent, cls, name)
        if number is None:
            return alike[0] if alike else None
        return next((c for n, c in self._numbered(alike, elements_by_name(cls)[name])
                     if n == number), None)

    def _numbered(
        self, alike: list[etree._Element], described: Element
    ) -> Iterator[tuple[int, etree._Element]]:
        """By the number that each gives itself, else by its place among its like."""
        for place, child in enumerate(alike, 1):
            own = None
            if described.group and "SequenceNumeric" in elements_by_name(described.group):
                found = self._alike(child, described.group, "SequenceNumeric")
                text = (found[0].text or "").strip() if found else ""
                own = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None
            yield own or place, child

    def leaves(
        self, parent: etree._Element, cls: type = Declaration, above: list[Step] | None = None
    ) -> Iterator[tuple[list[Step], etree._Element]]:
        """Every value of a correction's payload with its place, the envelope left out. An element
        that the dataset does not know is a value under its own name."""
        numbers: dict[str, dict[etree._Element, int]] = {}
        for child in parent:
            if not (name := local_name(child)):
                continue
            described = self.described(child, cls)
            name = described.name if described else name
            if above is None and name in ENVELOPE:
                continue
            number = None
            if described is not None and described.repeatable:
                if name not in numbers:
                    alike = self._alike(parent, cls, name)
                    numbers[name] = {c: n for n, c in self._numbered(alike, described)}
                number = numbers[name][child]
            steps = [*(above or []), (name, number)]
            if described is not None and described.group is not None:
                yield from self.leaves(child, described.group, steps)
            else:
                yield steps, child

    def put(self, target: etree._Element, payload: etree._Element, steps: list[Step]) -> bool:
        """Copy what stands at ``steps`` of the payload; the first group on the way that is missing
        is copied whole. False where a number would leave a gap."""
        cls: type = Declaration
        here, source = target, payload
        for at, (name, number) in enumerate(steps):
            given = self._child(source, cls, name, number)
            assert given is not None
            found = self._child(here, cls, name, number)
            if found is None:
                return self._insert(here, given, cls, name, number)
            if at == len(steps) - 1:
                copy = deepcopy(given)
                copy.tail = found.tail
                here.replace(found, copy)
                return True
            here, source, cls = found, given, elements_by_name(cls)[name].group or object
        return True

    def _insert(
        self, parent: etree._Element, given: etree._Element, cls: type, name: str,
        number: int | None,
    ) -> bool:
        alike = self._alike(parent, cls, name)
        if number is not None and number != len(alike) + 1:
            return False
        order = {described.name: n for n, described in enumerate(elements(cls))}
        copy = deepcopy(given)
        for child in parent:
            described = self.described(child, cls)
            if described is not None and order[described.name] > order[name]:
                child.addprevious(copy)
                copy.tail = "\n"
                return True
        parent.append(copy)
        return True


def _without_ones(steps: list[Step]) -> list[Step]:
    return [(name, number or 1) for name, number in steps]


def _same(one: etree._Element, other: etree._Element) -> bool:
    return _content(one) == _content(other)


def _content(element: etree._Element) -> Any:
    parts = [_content(child) for child in element if local_name(child)]
    text = "" if parts else str(element.xpath("string()")).strip()
    return text, sorted(element.attrib.items()), parts


def _fault(code: str, path: str, template: str, /, **params: Any) -> Fault:
    where = path if element_at(path) or path == "/Declaration" else ""
    return Fault(code, Layer.RULE, template, params, path, to_pointer(where))
