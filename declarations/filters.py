"""What a trader may look for in the list of declarations."""

from datetime import date, datetime, timedelta
from typing import ClassVar

import django_filters as filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from declarations.models import Declaration, DeclarationQuerySet
from declarations.states import Kind, State

FIRST, LAST = date(1900, 1, 1), date(9999, 1, 1)


class DeclarationFilter(filters.FilterSet):
    """Search by LRN, MRN, party, goods or HS code; narrow by state, kind and the day of filing."""

    q = filters.CharFilter(
        method="search", label=_("Search"),
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("LRN, MRN, party, goods or HS code")}
        ),
    )
    state = filters.ChoiceFilter(
        choices=State.choices, label=_("State"), empty_label=_("Any state")
    )
    kind = filters.ChoiceFilter(choices=Kind.choices, label=_("Kind"), empty_label=_("Any kind"))
    filed_from = filters.DateFilter(
        method="since", label=_("Filed from"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    filed_to = filters.DateFilter(
        method="until", label=_("Filed to"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = Declaration
        fields: ClassVar = ["q", "state", "kind", "filed_from", "filed_to"]

    def search(
        self, queryset: DeclarationQuerySet, name: str, value: str
    ) -> DeclarationQuerySet:
        return queryset.matching(value)

    def since(self, queryset: DeclarationQuerySet, name: str, day: date) -> DeclarationQuerySet:
        return queryset.filter(submitted_at__gte=_begins(day))

    def until(self, queryset: DeclarationQuerySet, name: str, day: date) -> DeclarationQuerySet:
        return queryset.filter(submitted_at__lt=_begins(day, 1))


def _begins(day: date, later: int = 0) -> datetime:
    """The moment at which the day begins on the page's clock, which an index knows; no declaration
    is of before ``FIRST`` or after ``LAST``."""
    day = min(max(day, FIRST), LAST) + timedelta(days=later)
    return timezone.make_aware(datetime(day.year, day.month, day.day))
