"""What an application asks for, as the terms that its officer may correct and grant."""

from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any

from agencies.permits.issuing import LineTerms, Terms, today
from agencies.permits.models import Permit, PermitScheme
from declarations import wco
from declarations.models import Declaration


def type_of(application: Declaration) -> str:
    """The code of the permit asked for; empty if nothing was read of it."""
    return str(_at(_dataset(application), "LPCO.TypeCode") or "")


def asked(application: Declaration, scheme: PermitScheme) -> Terms:
    """The terms as applied for, with the scheme's usual validity and conditions where none are."""
    dataset = _dataset(application)
    begins = max(_day(_at(dataset, "LPCO.EffectiveDateTime")) or today(), today())
    ends = _day(_at(dataset, "LPCO.ExpirationDateTime"))
    if ends is None or ends < begins:
        ends = begins + timedelta(days=scheme.validity_days)
    items = _at(dataset, "GoodsShipment.GovernmentAgencyGoodsItem") or []
    total = _at(dataset, "LPCO.TotalQuantity") if len(items) == 1 else None
    applicant = _at(dataset, "LPCO.Applicant") or _at(dataset, "Declarant")
    return Terms(
        holder_name=_at(applicant, "Name") or application.importer,
        holder_identifier=_at(applicant, "ID") or "",
        valid_from=begins,
        valid_to=ends,
        conditions=scheme.conditions,
        lines=[_line(item, total) for item in items],
        export_country=application.export_country,
        destination_country=application.destination_country,
        particulars=_particulars(dataset, applicant),
    )


def remaining(permit: Permit) -> Terms:
    """The terms of a permit's successor: the same, of what is left."""
    lines = [
        LineTerms(
            hs=line.hs, description=line.description, quantity=line.left_quantity, unit=line.unit,
            value=line.left_value, currency=line.currency, scientific_name=line.scientific_name,
            common_name=line.common_name, appendix=line.appendix, source=line.source,
            purpose=line.purpose, origin=line.origin, particulars=line.particulars,
        )
        for line in permit.lines.all() if line.left_quantity > 0
    ]
    return Terms(
        holder_name=permit.holder_name, holder_identifier=permit.holder_identifier,
        valid_from=max(permit.valid_from, today()), valid_to=max(permit.valid_to, today()),
        conditions=permit.conditions, lines=lines, export_country=permit.export_country,
        destination_country=permit.destination_country, particulars=permit.particulars,
    )


def _line(item: Any, total: Any) -> LineTerms:
    specimen = (_at(item, "Commodity.Specimen") or [None])[0]
    measures = _at(item, "Commodity.GoodsMeasure")
    known = [total, _at(measures, "TariffQuantity"), _at(measures, "NetNetWeightMeasure"),
             _at(measures, "GrossMassMeasure")]
    quantity = next((one for one in known if one is not None), None)
    price = _at(item, "Commodity.InvoiceLine.ItemChargeAmount")
    classification = (_at(item, "Commodity.Classification") or [None])[0]
    origin = (_at(item, "Origin") or [None])[0]
    packages = [
        {"quantity": f"{one.QuantityQuantity.value:f}" if one.QuantityQuantity else "",
         "type": one.TypeCode or "", "marks": one.MarksNumbersID or ""}
        for one in _at(item, "Packaging") or []
    ]
    treatment = (_at(item, "Treatment") or [None])[0]
    return LineTerms(
        hs=(_at(classification, "ID") or "").replace(".", "").replace(" ", "")[:12],
        description=_at(item, "Commodity.Description") or "",
        quantity=quantity.value if quantity is not None else Decimal(0),
        unit=(quantity.unitCode if quantity is not None else None) or "KGM",
        value=_at(price, "value"), currency=_at(price, "currencyID") or "",
        scientific_name=_at(specimen, "ScientificName") or "",
        common_name=_at(specimen, "CommonName") or "",
        appendix=_at(specimen, "AppendixCode") or "",
        source=_at(specimen, "SourceCode") or "",
        purpose=_at(specimen, "PurposeCode") or "",
        origin=_at(origin, "CountryCode") or "",
        particulars={
            "packages": packages,
            "specimen": _at(specimen, "DescriptionCode") or "",
            "origin_permit": _at(specimen, "OriginPermitID") or "",
            "treatment": _texts(treatment, "TypeCode", "Description", "ActiveIngredientName"),
            "treatment_duration": _measured(_at(treatment, "DurationMeasure")),
            "treatment_temperature": _measured(_at(treatment, "TemperatureMeasure")),
            "treatment_concentration": _measured(_at(treatment, "ConcentrationMeasure")),
            "treatment_date": _iso(_at(treatment, "TreatmentDateTime")),
        },
    )


def _particulars(dataset: Any, applicant: Any) -> dict[str, Any]:
    consignee = (_at(dataset, "GoodsShipment.Importer")
                 or _at(dataset, "GoodsShipment.Consignee"))
    return {
        "holder": _party(applicant),
        "exporter": _party(_at(dataset, "Exporter")),
        "consignee": _party(consignee or applicant),
        "purpose": _at(dataset, "LPCO.PurposeDescription") or "",
        "transport": _at(dataset, "BorderTransportMeans.ID") or "",
        "mode": _at(dataset, "BorderTransportMeans.ModeCode") or "",
        "office": _at(dataset, "DeclarationOfficeID") or "",
    }


def _party(party: Any) -> list[str]:
    """Name and address, a line each."""
    address = _at(party, "Address")
    place = " ".join(filter(None, (_at(address, "PostcodeID"), _at(address, "CityName"))))
    lines = (_at(party, "Name"), _at(address, "Line"), place, _at(address, "CountryCode"))
    return [line for line in lines if line]


def _texts(group: Any, *names: str) -> str:
    return ", ".join(text for name in names if (text := _at(group, name)))


def _measured(measure: Any) -> str:
    return "" if measure is None else f"{measure.value:f} {measure.unitCode or ''}".strip()


def _iso(moment: Any) -> str:
    found = _day(moment)
    return found.isoformat() if found else ""


def _day(moment: Any) -> date | None:
    try:
        return moment.as_datetime().date() if moment is not None else None
    except ValueError:
        return None


def _dataset(application: Declaration) -> wco.Declaration | None:
    version = application.versions.exclude(dataset=None).order_by("-number").first()
    return wco.from_json(version.dataset) if version is not None and version.dataset else None


def _at(group: Any, path: str) -> Any:
    """What stands at a dotted path; None where any group on the way is absent."""
    try:
        return attrgetter(path)(group)
    except AttributeError:
        return None
