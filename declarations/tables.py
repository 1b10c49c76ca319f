"""The trader's table of declarations."""

from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from declarations.models import Declaration
from declarations.states import State

PER_PAGE = 50
NOWRAP = {"td": {"class": "text-nowrap"}}
# Where the goods come from and go to, as on the officers' queue.
PARTIES = (
    "{% load face %}"
    '<span class="line" title="{{ record.exporter }}">'
    '{% country_code record.export_country %} {{ record.exporter|default:"—" }}</span>'
    '<span class="line" title="{{ record.importer }}">'
    '{% country_code record.destination_country %} {{ record.importer|default:"—" }}</span>'
)


class DeclarationTable(tables.Table):
    """One row per declaration; every value is a column of its row, so a page is one query."""

    state = tables.TemplateColumn(
        "{% load face %}{% state_badge record %}", verbose_name=_("State")
    )
    lrn = tables.Column(verbose_name=_("Declaration"), empty_values=(), attrs=NOWRAP)
    goods = tables.Column(
        verbose_name=_("Goods"), orderable=False, empty_values=(),
        attrs={"td": {"class": "declarations-goods"}},
    )
    importer = tables.TemplateColumn(
        PARTIES, verbose_name=_("From and to"), attrs={"td": {"class": "declarations-parties"}}
    )
    invoice_amount = tables.Column(
        verbose_name=_("Value"),
        attrs={"th": {"class": "text-end"}, "td": {"class": "text-end text-nowrap"}},
    )
    submitted_at = tables.TemplateColumn(
        "{% load face %}{% when record.submitted_at %}", verbose_name=_("Filed"),
        attrs=NOWRAP,
    )

    class Meta:
        model = Declaration
        fields: ClassVar = (
            "state", "lrn", "goods", "importer", "invoice_amount", "submitted_at"
        )
        attrs: ClassVar = {"class": "table table-stack declarations"}

    # The columns of the database that the rows need, and no other.
    NEEDED: ClassVar = (
        *Meta.fields, "id", "mrn", "kind", "exporter", "export_country", "destination_country",
        "invoice_currency", "item_count", "created_at",
    )

    def render_lrn(self, record: Declaration) -> SafeString:
        url = "declaration_edit" if record.state == State.DRAFT else "declaration"
        return format_html(
            '<a class="row-link" href="{}">{}</a><span class="line soft code">{}</span>',
            reverse(url, args=[record.pk]), record.lrn or _("No reference yet"), record.mrn or "",
        )

    def render_goods(self, record: Declaration) -> SafeString:
        kind = record.get_kind_display()
        count = record.item_count
        if count > 1:
            items = ngettext("%(count)s item", "%(count)s items", count) % {"count": count}
            kind = f"{kind} · {items}"
        return format_html("{}{}", _line(record.goods), _line(kind, "soft"))

    def render_invoice_amount(self, record: Declaration, value: Any) -> str:
        amount = number_format(value, decimal_pos=2, use_l10n=True, force_grouping=True)
        return f"{amount} {record.invoice_currency}"


def _line(text: str, tone: str = "") -> SafeString:
    """One line, cut by the page where it is too long; the whole text is its tooltip."""
    if not text:
        return format_html('<span class="line {}">—</span>', tone)
    return format_html('<span class="line {}" title="{}">{}</span>', tone, text, text)
