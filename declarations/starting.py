"""Beginning a declaration from a permit that was granted: its goods, its parties, its number."""

from copy import deepcopy
from datetime import date
from typing import Any

from django.conf import settings

from declarations import drafts
from declarations.forms.dataset import from_dataset, items_of
from declarations.forms.declaration import DeclarationForms
from declarations.forms.rows import DocumentRow
from declarations.forms.start import opening
from declarations.forms.typed import ORIGIN, Typed
from declarations.models import Declaration
from declarations.states import Kind
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation

Dataset = dict[str, Any]


def from_permit(
    actor: Actor, dataset: Dataset, number: str, *, kind: str = "", permit_type: str = "",
    issuer: str = "", valid_from: date | None = None, application: Declaration | None = None,
) -> Declaration:
    """Keep a draft for the goods of a granted permit, each item naming it.

    ``dataset``: JSON of the application (kind lpco). ``number``: that of the permit, as documents
    name it. ``kind``: by the countries, if not given. ``permit_type`` and ``issuer``: as applied
    for, if not given. ``application``: the declaration that asked for it; the journal remembers it.
    The caller has made sure that the permit is the actor's.
    """
    assert actor.organisation_id is not None  # whoever may file acts for an organisation
    kind = kind or kind_for(dataset)
    asked = dataset.get("LPCO") or {}
    filer = Organisation.objects.get(pk=actor.organisation_id)
    typed = typed_from(kind, _goods(dataset, kind), filer)
    paper = {
        "type": permit_type or asked.get("TypeCode") or "", "id": number,
        "issuer": issuer or (asked.get("IssuingAgency") or {}).get("Name") or "",
        "valid_from": valid_from.isoformat() if valid_from else "",
    }
    for item in typed.items:
        papers = item.rows.setdefault(DocumentRow.name, [])
        papers.append({name: text for name, text in paper.items() if text})
    return drafts.begin(actor, DeclarationForms(kind, typed), permitted_by=application)


def typed_from(kind: str, dataset: Dataset, filer: Organisation) -> Typed:
    """What the form of a new declaration shows for a dataset that is no declaration of its kind:
    the filer's own parties and a new LRN where it has none, and nothing kept behind the fields."""
    typed = from_dataset(kind, dataset)
    opened = opening(kind, filer)
    typed.header = opened.header | typed.header | {"lrn": opened.header["lrn"]}
    typed.rows = opened.rows | typed.rows
    for values in (item.values for item in typed.items):
        values.pop(ORIGIN, None)
    for sorts in (typed.rows, *(item.rows for item in typed.items)):
        for row in (row for rows in sorts.values() for row in rows):
            row.pop(ORIGIN, None)
    return typed


def kind_for(dataset: Dataset) -> str:
    """What the permit is for, seen from this country: goods in, goods out, or through."""
    shipment = dataset.get("GoodsShipment") or {}
    if (shipment.get("Destination") or {}).get("CountryCode") == settings.PORTAL_COUNTRY:
        return Kind.IMPORT
    if (shipment.get("ExportCountry") or {}).get("ID") == settings.PORTAL_COUNTRY:
        return Kind.EXPORT
    return Kind.TRANSIT if shipment.get("Destination") else Kind.IMPORT


def _goods(dataset: Dataset, kind: str) -> Dataset:
    """The part of the application that a declaration of the goods says too.

    Who applied is the importer, where no other is named; on an export the application's importer is
    the consignee abroad, and whoever applied the exporter.
    """
    shipment = dataset.get("GoodsShipment") or {}
    applicant = (dataset.get("LPCO") or {}).get("Applicant")
    receiver = shipment.get("Importer")
    told: Dataset = {
        name: dataset[name] for name in ("Exporter", "BorderTransportMeans", "Consignment")
        if name in dataset
    }
    goods: Dataset = {
        name: shipment[name] for name in ("ExportCountry", "Destination", "Consignment")
        if name in shipment
    }
    if kind == Kind.IMPORT:
        goods["Importer"] = receiver or applicant
    else:
        goods["Consignee"] = receiver
        told["Exporter"] = told.get("Exporter") or applicant
    goods["GovernmentAgencyGoodsItem"] = [
        {name: value for name, value in item.items() if name != "AdditionalDocument"}
        for item in items_of(dataset)
    ]
    told["GoodsShipment"] = {name: value for name, value in goods.items() if value}
    return deepcopy({name: value for name, value in told.items() if value})
