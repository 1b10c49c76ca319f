"""Form fields made from elements of the dataset: label, help, length and codes come from there.

Each field knows its ``path`` in the message, and turns what was typed into the JSON of that place
(``to_dataset``) and back (``from_dataset``). Nothing else knows how a value is written.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from declarations.forms import paths
from declarations.forms.codes import HS, SELECTS, entries, meaning
from declarations.forms.keyboards import latin
from declarations.forms.paths import Path, element_at
from declarations.wco.model import ElementType

_translated = lazy(gettext, str)
_SPACES = re.compile(r"[\s\u00a0\u202f']")


class KeepingSelect(forms.Select):
    """A select that shows a value outside its list instead of losing it."""

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        groups = super().optgroups(name, value, attrs)
        known = {str(option["value"]) for _, options, _ in groups for option in options}
        for strange in (v for v in value if v and v not in known):
            option = self.create_option(name, strange, strange, True, len(groups), attrs=attrs)
            groups.append((None, [option], len(groups)))
        return groups


class DateInput(forms.DateInput):
    """The browser's date picker; a plain control when what was typed is no date, to keep it."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"] or ""
        context["widget"]["type"] = "date" if _iso_date(shown) or not shown else "text"
        return context


def _iso_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


class Bound(forms.CharField):
    """A field for the text, code or identifier at one place of the message."""

    default_error_messages = {
        "required": _("Fill this in."),
        "max_length": _("Write at most %(limit_value)d characters; these are %(show_value)d."),
    }

    def __init__(self, path: str, root: str, codes: str = "", **options: Any) -> None:
        element = element_at(f"{root}/{path}".split("@")[0])
        self.path = Path.parse(path)
        self.full_path = Path.parse(f"{root}/{path}")
        self.element = element
        self.code_list = codes
        if not self.path.attribute and element.type is not ElementType.DATE_TIME:
            options.setdefault("max_length", self.width(element))
        options.setdefault("required", False)
        options["label"] = options.pop("label", None) or _translated(element.label)
        options["help_text"] = options.pop("help", None) or (
            _translated(element.help) if element.help and not self.path.attribute else ""
        )
        super().__init__(**options)
        # A value that is too long must be told, not cut off by the browser.
        self.widget.attrs.pop("maxlength", None)
        self.widget.attrs.setdefault("autocomplete", "off")
        if codes and codes not in SELECTS:
            self.widget.attrs["list"] = f"codes-{codes}"
        if codes == HS:
            self.widget.attrs |= {
                "hx-get": reverse_lazy("declaration_codes", args=[HS]), "hx-target": "#codes-hs",
                "hx-trigger": "input changed delay:200ms",
            }

    def width(self, element: Any) -> int | None:
        return element.length

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return latin(text) if text and self.element.type is not ElementType.TEXT else text

    def find(self, data: dict[str, Any]) -> Any:
        """What a dataset holds at the field's place."""
        return paths.get(data, self.path)

    def to_dataset(self, value: Any) -> Any:
        return value or None

    def from_dataset(self, value: Any) -> str:
        return "" if value is None else str(value)

    def merged(self, before: dict[str, Any], written: dict[str, Any]) -> dict[str, Any]:
        """What is written over a value: parts of it that the form does not show are kept."""
        return before | written

    def meaning_of(self, typed: str) -> str:
        """What the code that was typed means; nothing if the field has no codes or it is none."""
        code = typed.strip().upper()
        return meaning(self.code_list, code) if self.code_list and code else ""


class CodeField(Bound):
    """A code: written in capitals, whatever was typed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.widget.attrs |= {"autocapitalize": "characters", "spellcheck": "false"}

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").upper()


class CommodityField(CodeField):
    """A commodity code; the points and spaces of printed tariffs are left out."""

    def to_python(self, value: Any) -> str:
        return re.sub(r"[\s.]", "", super().to_python(value))


class ListedCodeField(CodeField):
    """A code of a short open list, as a select; whether it is in force is for the rules to say."""

    def to_python(self, value: Any) -> str:
        # The numbers of agencies are codes too, and written as they are.
        text = Bound.to_python(self, value) or ""
        return text if text in dict(entries(self.code_list)) else text.upper()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.widget = KeepingSelect()

    def offer(self) -> None:
        """Fill the select in the language of the page."""
        self.widget.choices = [("", ""), *((c, f"{c} · {n}") for c, n in entries(self.code_list))]


class ClosedCodeField(Bound):
    """A code of a closed list, as a select."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        codes = self.element.codes
        assert codes is not None
        self.values = codes.values
        choices = [("", "")] + [(k, _choice(k, v)) for k, v in self.values.items()]
        self.widget = KeepingSelect(choices=choices)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and value not in self.values:
            raise forms.ValidationError(_("Choose a code of the list."), code="invalid_choice")


def _choice(code: str, label: str) -> Any:
    return lazy(lambda: f"{code} · {gettext(label)}", str)()


class NumberField(Bound):
    """An amount, measure, quantity or count; a comma or a point may stand before the decimals.

    ``unit`` is the unit that the form fixes, such as KGM where masses are typed in kilograms.
    """

    def __init__(self, *args: Any, unit: str = "", **options: Any) -> None:
        self.unit = unit
        super().__init__(*args, **options)
        self.widget.attrs |= {"inputmode": "decimal", "class": "text-end"}

    def width(self, element: Any) -> int | None:
        return None

    def to_python(self, value: Any) -> Any:
        text = _SPACES.sub("", super().to_python(value) or "")
        if not text:
            return None
        if re.fullmatch(r"-?\d+,\d{3}", text) or text.count(",") > 1:
            raise forms.ValidationError(
                _("Write the decimals after a point and thousands without a comma, as 1234.5."),
                code="ambiguous",
            )
        try:
            number = Decimal(text.replace(",", "."))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise forms.ValidationError(_("Write a number, as 1234.5."), code="invalid")
        self._check_size(number)
        return number

    def _check_size(self, number: Decimal) -> None:
        decimals = max(0, -int(number.as_tuple().exponent))
        if decimals > self.element.decimals:
            raise forms.ValidationError(
                _("At most %(count)s decimals.") if self.element.decimals
                else _("Write a whole number."),
                code="decimals", params={"count": self.element.decimals},
            )
        # By its exponent: writing out 1e999999999 would take hours and all the memory.
        if number.adjusted() >= self.element.length - self.element.decimals:
            raise forms.ValidationError(_("The number is too large."), code="size")

    def to_dataset(self, value: Decimal | None) -> Any:
        if value is None:
            return None
        if self.element.type is ElementType.NUMERIC:
            return int(value) if self.element.integer else format(value, "f")
        unit = {"unitCode": self.unit} if self.unit else {}
        return {"value": format(value, "f")} | unit

    def from_dataset(self, value: Any) -> str:
        if isinstance(value, dict):
            value = value.get("value")
        return super().from_dataset(value)


class DateField(Bound):
    """A day, written CCYYMMDD in the message (UN/EDIFACT 2379 code 102)."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.widget = DateInput(attrs={"autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        day = _iso_date(text)
        for pattern in ("%d.%m.%Y", "%d/%m/%Y", "%Y%m%d"):
            try:
                day = day or datetime.strptime(text, pattern).replace(tzinfo=UTC).date()
            except ValueError:
                continue
        if day is None:
            raise forms.ValidationError(_("Write a date, as 2026-03-31."), code="invalid")
        return day

    def to_dataset(self, value: date | None) -> Any:
        return {"value": value.strftime("%Y%m%d"), "formatCode": "102"} if value else None

    def merged(self, before: dict[str, Any], written: dict[str, Any]) -> dict[str, Any]:
        """The hour of a day that was not changed stays as it was."""
        return before if self.from_dataset(before) == self.from_dataset(written) else written

    def from_dataset(self, value: Any) -> str:
        text = str(value.get("value") or "") if isinstance(value, dict) else str(value or "")
        return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if len(text) >= 8 else text


class ListField(Bound):
    """Several values in one control, such as the seals of a container, written as numbered groups.

    ``path`` is the repeatable group, ``inner`` the one element of it that is typed. ``codes``:
    the list of codes that they belong to, which are written in capitals.
    """

    def __init__(self, path: str, root: str, inner: str, codes: str = "", **options: Any) -> None:
        self.inner = element_at(f"{root}/{path}/{inner}")
        super().__init__(path, root, codes, **options)
        self.widget.attrs.pop("list", None)

    def width(self, element: Any) -> int | None:
        return None

    def to_python(self, value: Any) -> Any:
        between = r"[\s,;>▸→-]+" if self.code_list else r"\s*[,;\n]\s*"
        parts = [part for part in re.split(between, super().to_python(value) or "") if part]
        for part in parts:
            if len(part) > self.inner.length:
                raise forms.ValidationError(
                    _("“%(value)s” is longer than %(count)s characters. Put commas between."),
                    code="max_length", params={"value": part, "count": self.inner.length},
                )
        return [part.upper() for part in parts] if self.code_list else parts

    def find(self, data: dict[str, Any]) -> Any:
        return paths.listed(data, self.path)

    def to_dataset(self, value: list[str] | None) -> Any:
        return [
            {"SequenceNumeric": n, self.inner.name: each} for n, each in enumerate(value or (), 1)
        ] or None

    def from_dataset(self, value: Any) -> str:
        return ", ".join(str(row.get(self.inner.name) or "") for row in value or ())

    def meaning_of(self, typed: str) -> str:
        try:
            codes = self.to_python(typed) if self.code_list else []
        except forms.ValidationError:
            return ""
        return " ▸ ".join(meaning(self.code_list, code) or f"{code}?" for code in codes)


def bind_list(path: str, inner: str, root: str = "", **options: Any) -> ListField:
    """The field for all groups at a path, each with one value. See ``ListField``."""
    return ListField(path, root, inner, **options)


def bind(path: str, root: str = "", **options: Any) -> Bound:
    """The field for a place of the message, by the type of its element. See ``Bound``.

    ``options``: label, help, required, codes (name of an open code list), unit.
    """
    element = element_at(f"{root}/{path}".split("@")[0])
    if "@" in path:
        return CodeField(path, root, **options)
    if options.get("codes") == HS:
        return CommodityField(path, root, **options)
    if options.get("codes") in SELECTS:
        return ListedCodeField(path, root, **options)
    if element.codes is not None:
        return ClosedCodeField(path, root, **options)
    match element.type:
        case ElementType.AMOUNT | ElementType.MEASURE | ElementType.QUANTITY | ElementType.NUMERIC:
            return NumberField(path, root, **options)
        case ElementType.DATE_TIME:
            return DateField(path, root, **options)
        case ElementType.CODE:
            return CodeField(path, root, **options)
    if options.get("codes"):
        return CodeField(path, root, **options)
    return Bound(path, root, **options)
