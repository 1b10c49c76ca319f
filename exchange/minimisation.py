"""Field-level minimisation: a partner gets the elements agreed with it and no others.

An agreement is a list of paths of WCO names, such as ``GoodsShipment/Importer/Name``; the path of a
group stands for all that is in it. What identifies a declaration and what the schema demands is
always sent; a secret between the trader and its own customs never is. Pure: JSON in, JSON out.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from declarations.wco import Declaration, MessageKind
from declarations.wco.model import Element, elements, elements_by_name

Json = dict[str, Any]
# What a receiver tells one declaration, and one line of it, from another by.
_ALWAYS = frozenset({"ID", "AcceptanceDateTime"})
_NUMBER = "SequenceNumeric"
# With it whoever reads could use up the guarantee.
NEVER = frozenset({"ObligationGuarantee/AccessCode"})
# Deeper than that the dataset has no group of its own.
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Place:
    """An element that an agreement may name."""

    path: str
    label: str
    is_group: bool
    always: bool


def reduce(dataset: Json, agreed: Collection[str], kind: MessageKind) -> tuple[Json, list[str]]:
    """What of the dataset is sent, and the paths of what is left out, each once.

    ``agreed``: none stands for everything.
    """
    left_out: dict[str, None] = {}
    paths = frozenset(agreed or (element.name for element in elements(Declaration)))
    return _kept(dataset, Declaration, "", paths, kind, left_out), list(left_out)


def unknown(paths: Sequence[str]) -> list[str]:
    """Those that are no elements of a declaration."""
    return [path for path in paths if _element(path) is None]


def places(kind: MessageKind) -> list[Place]:
    """Every element of a kind of message, in its order."""
    return list(_places(Declaration, "", kind, True))


def _places(cls: type, above: str, kind: MessageKind, due: bool) -> Iterator[Place]:
    if above.count("/") >= _DEEPEST:
        return
    for element in elements(cls):
        if kind not in element.kinds:
            continue
        path = above + element.name
        always = due and _is_always(element, path, kind)
        yield Place(path, element.label, element.is_group, always and not element.is_group)
        if element.group is not None:
            yield from _places(element.group, path + "/", kind, always)


def _kept(
    data: Json, cls: type, above: str, agreed: frozenset[str], kind: MessageKind,
    left_out: dict[str, None],
) -> Json:
    kept: Json = {}
    known = elements_by_name(cls)
    for name, value in data.items():
        path, element = above + name, known[name]
        if path in NEVER:
            left_out[path] = None
            continue
        if path in agreed:
            kept[name] = _without_secrets(value, path, left_out)
            continue
        always = _is_always(element, path, kind)
        inside = any(one.startswith(path + "/") for one in agreed)
        if not (always or inside):
            left_out[path] = None
        elif element.group is None:
            kept[name] = value
        elif isinstance(value, list):
            kept[name] = [
                _kept(one, element.group, path + "/", agreed, kind, left_out) for one in value
            ]
        else:
            kept[name] = _kept(value, element.group, path + "/", agreed, kind, left_out)
    return kept


def _without_secrets(value: Any, path: str, left_out: dict[str, None]) -> Any:
    """What stands at a path, with nothing of it that is never sent."""
    if not any(secret.startswith(path + "/") for secret in NEVER):
        return value
    if isinstance(value, list):
        return [_without_secrets(one, path, left_out) for one in value]
    kept = {}
    for name, inner in value.items():
        if (below := f"{path}/{name}") in NEVER:
            left_out[below] = None
        else:
            kept[name] = _without_secrets(inner, below, left_out)
    return kept


def _is_always(element: Element, path: str, kind: MessageKind) -> bool:
    return path in _ALWAYS or element.name == _NUMBER or element.min_occurs(kind) > 0


def _element(path: str) -> Element | None:
    cls: type | None = Declaration
    element = None
    for name in path.split("/"):
        element = elements_by_name(cls).get(name) if cls is not None else None
        if element is None:
            return None
        cls = element.group
    return element
