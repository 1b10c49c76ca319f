"""What a trader may look for in the list of declarations."""

from typing import ClassVar

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.models import Declaration, DeclarationQuerySet
from declarations.states import Kind, State


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
        field_name="submitted_at", lookup_expr="date__gte", label=_("Filed from"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    filed_to = filters.DateFilter(
        field_name="submitted_at", lookup_expr="date__lte", label=_("Filed to"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = Declaration
        fields: ClassVar = ["q", "state", "kind", "filed_from", "filed_to"]

    def search(
        self, queryset: DeclarationQuerySet, name: str, value: str
    ) -> DeclarationQuerySet:
        return queryset.matching(value)
