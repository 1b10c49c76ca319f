"""The reference as files: CSV tables, the schemas and sample messages."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from functools import cache

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from declarations.wco import MessageKind, get_profile
from portal.accounts.permissions import public
from portal.pages.reference import dictionary as harmonised
from portal.pages.reference import lists, samples
from portal.pages.reference import rules as business

FEW_MINUTES = 300
# The oldest moment that a zip can hold: the same schemas make the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)


@public
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every business rule."""
    return _csv("rules.csv", (
        "code", "severity", "area", "kinds", "element", "path", "message", "source",
    ), (
        (row.code, "error" if row.is_error else "warning", row.area_name, " ".join(row.kinds),
         row.label, row.path, row.message, row.source)
        for row in business.rule_rows()
    ))


@public
@require_safe
def dictionary(request: HttpRequest) -> HttpResponse:
    """Every element of the dataset."""
    kinds = [kind.value for kind in harmonised.KINDS]
    return _csv("dictionary.csv", (
        "path", "wco_id", "own_id", "name", "label", "help", "type", "format", *kinds,
        "code_list", "agencies", "routing_rules", "legal_bases", "business_rules",
    ), (
        (
            row.path, row.entry.element.wco_id, "yes" if row.entry.element.own else "",
            row.entry.name, row.label, row.help, row.entry.element.type.value,
            row.entry.element.format, *(occurs.cardinality for occurs in row.occurs),
            row.code_list, "; ".join(row.agencies),
            "; ".join(asked.rule for asked in row.asked),
            "; ".join(dict.fromkeys(a.legal_basis for a in row.asked if a.legal_basis)),
            " ".join(row.rules),
        )
        for row in harmonised.rows()
    ))


@public
@require_safe
def codes(request: HttpRequest, name: str) -> HttpResponse:
    """The codes of one list."""
    try:
        rows = list(lists.code_rows(name))
    except KeyError:
        raise Http404 from None
    return _csv(f"{name}.csv", ("code", "name", "valid_from", "valid_to"), (
        (row.code, row.name, row.valid_from or "", row.valid_to or "") for row in rows
    ))


@public
@require_safe
@cache_control(public=True, max_age=FEW_MINUTES)
def schemas(request: HttpRequest) -> HttpResponse:
    """The XML schemas of the carec profile in force."""
    profile = get_profile("carec")
    answer = HttpResponse(_zip_of_schemas(), content_type="application/zip")
    answer["Content-Disposition"] = (
        f'attachment; filename="{profile.name}-{profile.version}-schemas.zip"'
    )
    return answer


@public
@require_safe
@cache_control(public=True, max_age=FEW_MINUTES)
def sample(request: HttpRequest, kind: str) -> HttpResponse:
    """A valid message of one kind."""
    if kind not in [one.value for one in samples.KINDS]:
        raise Http404
    answer = HttpResponse(samples.sample(MessageKind(kind)), content_type="application/xml")
    answer["Content-Disposition"] = f'attachment; filename="{kind}.xml"'
    return answer


@cache
def _zip_of_schemas() -> bytes:
    folder = next(iter(get_profile("carec").kinds.values())).entry.parent
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.glob("*.xsd")):
            info = zipfile.ZipInfo(f"{folder.name}/{path.name}", _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, path.read_bytes())
    return packed.getvalue()


def _csv(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table in UTF-8, its words in the language of the page."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_plain(str(cell)) for cell in row] for row in rows)
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_vary_headers(answer, ("Accept-Language", "Cookie"))
    return answer


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
