"""Routing conditions in plain words: “import, goods of HS 1604 31 from Iran”. Pure.

A leaf is a phrase; the phrases of an “all” follow one another in the order in which a person would
say them. Codes are told by their names where the portal's code lists have them.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from agencies.conditions import FIELDS, Condition, Group, Leaf, NumberLeaf, TextLeaf, parse
from agencies.conditions import ConditionError as ConditionError
from agencies.explanation import CODE_LISTS
from declarations import codelists
from declarations.states import Kind

SHOWN = 6
# In which order an “all” tells its parts; what is not here comes last.
ORDER = (
    "kind", "hs", "origin", "export_country", "destination", "regime", "mode", "office", "trader",
    "authorisation", "document",
)
# Codes that are better told by name alone; for the others the name follows the code.
BY_NAME = frozenset({"origin", "export_country", "destination", "route_country"})
NAME_LENGTH = 48


def said(condition: Condition) -> str:
    """The condition as a sentence without a full stop."""
    text = _said(condition, top=True)
    return text[:1].upper() + text[1:]


def said_data(data: object) -> str:
    """Of a condition as JSON; that it cannot be read, if it cannot."""
    try:
        return said(parse(data))
    except ConditionError:
        return _("cannot be read")


def _said(condition: Condition, top: bool = False) -> str:
    if not isinstance(condition, Group):
        return _phrase(condition)
    if not condition.parts:
        return _("every declaration")
    parts = sorted(condition.parts, key=_place)
    if condition.op == "all":
        leaves = [_said(part) for part in parts if not isinstance(part, Group)]
        kinds = sum(1 for part in parts if isinstance(part, TextLeaf) and part.field == "kind")
        between = pgettext("between the phrases of a rule", " ")
        texts = [*leaves[:kinds], between.join(leaves[kinds:])]
        texts += [_said(part) for part in parts if isinstance(part, Group)]
        text = ", ".join(filter(None, texts))
        return text if top or len(parts) == 1 else f"({text})"
    text = either(map(_said, parts))
    if condition.op == "none":
        return _("but not %(what)s") % {"what": text if len(parts) == 1 else f"({text})"}
    return text if top or len(parts) == 1 else f"({text})"


def _place(part: Condition) -> int:
    if isinstance(part, Group):
        return len(ORDER) + (2 if part.op == "none" else 1)
    return ORDER.index(part.field) if part.field in ORDER else len(ORDER)


def either(texts: Iterable[str]) -> str:
    """“A”, “A or B”, “A, B or C”."""
    *first, last = list(texts)
    return _("%(first)s or %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def _phrase(leaf: Leaf) -> str:
    what = _values(leaf) if isinstance(leaf, TextLeaf) else _numbers(leaf)
    patterns = {
        "kind": "%(what)s",
        "hs": _("goods of HS %(what)s"),
        "origin": _("from %(what)s"),
        "export_country": _("sent from %(what)s"),
        "destination": _("going to %(what)s"),
        "regime": _("under procedure %(what)s"),
        "mode": _("carried by mode %(what)s"),
        "office": _("at office %(what)s"),
        "trader": _("of trader %(what)s"),
        "authorisation": _("with authorisation %(what)s"),
        "document": _("with document %(what)s"),
        "permit": _("asking for permit %(what)s"),
        "agency": _("addressed to %(what)s"),
        "value": _("worth %(what)s"),
        "quantity": _("in a quantity of %(what)s"),
        "gross_mass": _("of a gross mass of %(what)s"),
        "net_mass": _("of a net mass of %(what)s"),
        "total_value": _("in a consignment worth %(what)s"),
        "total_gross_mass": _("in a consignment of %(what)s gross"),
        "route_country": _("by way of %(what)s"),
        "lane": _("in lane %(what)s"),
        "earlier": _("of a trader with %(what)s earlier declarations"),
        "earlier_refused": _("of a trader with %(what)s refusals before"),
        "earlier_found": _("of a trader with %(what)s discrepancies found before"),
        "mirror": _("which against the neighbour’s export shows %(what)s"),
        "mirror_value": _("of a value that differs from the neighbour’s by %(what)s percent"),
        "mirror_mass": _("of a mass that differs from the neighbour’s by %(what)s percent"),
        "mirror_quantity": _("of a quantity that differs from the neighbour’s by %(what)s percent"),
        "mirror_packages": _("of packages that differ from the neighbour’s by %(what)s percent"),
        "value_per_kg": _("worth %(what)s a kilogram"),
        "packages": _("in %(what)s packages"),
        "mass_per_package": _("weighing %(what)s a package"),
        "packing_share": _("of which %(what)s percent is packing"),
    }
    pattern = patterns.get(leaf.field, f"{FIELDS[leaf.field].label}: %(what)s")
    return str(pattern) % {"what": what}


def _values(leaf: TextLeaf) -> str:
    if leaf.between:
        low, high = (grouped(leaf.field, code) for code in leaf.between)
        return _("%(low)s to %(high)s") % {"low": low, "high": high}
    exact, prefixes = sorted(leaf.exact), sorted(leaf.prefixes)
    texts = [name_of(leaf.field, code) for code in exact[:SHOWN]]
    for code in prefixes[: SHOWN - len(texts)]:
        # A commodity code says by itself that longer ones are under it.
        known = leaf.field == "hs" or not _lists(leaf.field)
        text = name_of(leaf.field, code) if leaf.field == "hs" else code
        texts.append(text if known else f"{text}…")
    more = len(exact) + len(prefixes) - len(texts)
    if len(texts) > 2:  # names of many codes hide the codes
        texts = [grouped(leaf.field, c) if leaf.field not in BY_NAME | {"kind"} else t
                 for c, t in zip([*exact, *prefixes], texts, strict=False)]
    if more > 0:
        return ", ".join(texts) + " " + ngettext(
            "and %(count)s more", "and %(count)s more", more) % {"count": more}
    return either(texts)


def _lists(field: str) -> tuple[str, ...]:
    return CODE_LISTS.get(field, ())


def grouped(field: str, code: str) -> str:
    """1604 31 for 160431; other codes as they are."""
    if field != "hs":
        return code
    return " ".join(part for part in (code[:4], code[4:6], code[6:]) if part)


def name_of(field: str, code: str) -> str:
    """“1604 31 (Caviar)”, “Iran”, “Import”; the code itself where no list knows it."""
    if field == "kind":
        return str(Kind(code).label).lower() if code in Kind.values else code
    name = plain_name(field, code)
    if not name:
        return grouped(field, code)
    if field in BY_NAME:
        return name
    cut = name if len(name) <= NAME_LENGTH else name[:NAME_LENGTH].rsplit(" ", 1)[0] + " …"
    return f"{grouped(field, code)} ({cut})"


def plain_name(field: str, code: str) -> str:
    """What the code lists call it; nothing if they do not know it."""
    language = (get_language() or "en").split("-")[0]
    for name in _lists(field):
        known = codelists.known(name, code)
        if known is not None and known.code == code:
            return codelists.name(name, code, language)
    return ""


def _numbers(leaf: NumberLeaf) -> str:
    unit = leaf.unit or FIELDS[leaf.field].unit
    unit = {"KGM": _("kg")}.get(unit, unit)

    def text(number: object) -> str:
        return f"{number:,f} {unit}".replace(",", "\u00a0").strip()

    if leaf.low is not None and leaf.high is not None:
        if leaf.low == leaf.high:
            return _("exactly %(number)s") % {"number": text(leaf.low)}
        return _("%(low)s to %(high)s") % {
            "low": f"{leaf.low:,f}".replace(",", "\u00a0"), "high": text(leaf.high)}
    if leaf.low is not None:
        return _("at least %(number)s") % {"number": text(leaf.low)}
    return _("at most %(number)s") % {"number": text(leaf.high)}
