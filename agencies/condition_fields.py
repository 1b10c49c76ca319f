"""The facts of a declaration that a condition may compare, and which values each can have.

Fields of the whole declaration
    ``kind``              import, export, transit, lpco
    ``mode``              mode of transport at the border, else inland (Recommendation 19 digit)
    ``office``            customs office of the declaration; for transit also departure, transit and
                          destination
    ``trader``            identifier of declarant, importer, exporter, agent, transit principal or
                          applicant
    ``authorisation``     category of an authorisation that the declaration relies on, such as AEO
    ``permit``            type of the permit that an application asks for, such as CIT
    ``agency``            identifier of the agency that an application is addressed to
    ``total_value``       total invoice amount (unit: currency)
    ``total_gross_mass``  kilograms
    ``route_country``     country on the declared itinerary
    ``lane``              green, blue, yellow or red, where a risk profile is in force; not in the
                          rules of a risk profile itself
    ``earlier``           how many declarations of the trader were accepted before, up to 1000
    ``earlier_refused``   how many of those were refused
    ``earlier_found``     on how many of those an inspection found a discrepancy
    ``mirror``            of an import that a neighbour told of as an export: agrees, or what differs:
                          value, currency, gross_mass, net_mass, quantity, packages, commodity,
                          container; not known to dry runs of routing rules
    ``mirror_value``, ``mirror_mass``, ``mirror_quantity``, ``mirror_packages``   how many percent
                          more is declared than left the neighbour, less if negative, where it differs
Fields of one goods item (where an item has none of its own, the shipment's counts for it)
    ``hs``                commodity code; dots and spaces do not matter
    ``regime``            procedure requested (40), and joined with the previous one (4000)
    ``origin``, ``export_country``, ``destination``   ISO 3166-1 alpha-2
    ``value``             item price, else customs value, else statistical value (unit: currency)
    ``quantity``          quantity in the tariff's own unit
    ``gross_mass``, ``net_mass``                      kilograms
    ``document``          type of a document named by the item or by the whole declaration
    ``value_per_kg``      item value by net mass, else by gross mass (unit: currency)
    ``packages``          number of packages
    ``mass_per_package``  gross mass by the number of packages, kilograms
    ``packing_share``     percent of the gross mass that is packing
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.states import Lane
from declarations.states import Kind


class ValueType(StrEnum):
    TEXT = "text"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Field:
    """A fact that a rule may compare."""

    name: str
    label: str | Promise
    type: ValueType = ValueType.TEXT
    of_item: bool = False
    unit: str = ""  # the unit in which a number is held; empty where each value has its own
    takes_unit: bool = False
    problem: Callable[[str], str | None] = lambda value: None

    @property
    def operators(self) -> tuple[str, ...]:
        if self.type is ValueType.NUMBER:
            return ("is", "gte", "lte", "range")
        return ("is", "in", "prefix", "range")


def _kind(value: str) -> str | None:
    if value in Kind.values:
        return None
    return _("“%(value)s” is no kind of declaration. Use one of: %(known)s.") % {
        "value": value, "known": ", ".join(Kind.values)}


def _lane(value: str) -> str | None:
    if value in Lane.values:
        return None
    return _("“%(value)s” is no lane. Use one of: %(known)s.") % {
        "value": value, "known": ", ".join(Lane.values)}


def _mirror(value: str) -> str | None:
    if value in MIRROR:
        return None
    return _("“%(value)s” is no result of comparing. Use one of: %(known)s.") % {
        "value": value, "known": ", ".join(MIRROR)}


def _digits(value: str) -> str | None:
    if value.isdecimal() and value.isascii() and len(value) <= 12:
        return None
    return _("“%(value)s” is no commodity code. Use 1 to 12 digits.") % {"value": value}


def _country(value: str) -> str | None:
    if value.isascii() and value.isalpha() and value.isupper() and len(value) <= 2:
        return None
    return _("“%(value)s” is no country code. Use two capital letters, such as KZ.") % {
        "value": value}


_NUMBER = ValueType.NUMBER
MIRROR = ("agrees", "value", "currency", "gross_mass", "net_mass", "quantity", "packages",
          "commodity", "container")

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("kind", gettext_lazy("Kind of declaration"), problem=_kind),
        Field("mode", gettext_lazy("Mode of transport")),
        Field("office", gettext_lazy("Customs office")),
        Field("trader", gettext_lazy("Trader's number")),
        Field("authorisation", gettext_lazy("Authorisation")),
        Field("permit", gettext_lazy("Permit asked for")),
        Field("agency", gettext_lazy("Agency asked")),
        Field("total_value", gettext_lazy("Total invoice amount"), _NUMBER, takes_unit=True),
        Field("total_gross_mass", gettext_lazy("Total gross mass"), _NUMBER, unit="KGM"),
        Field("route_country", gettext_lazy("Country on the route"), problem=_country),
        Field("lane", gettext_lazy("Risk lane"), problem=_lane),
        Field("earlier", gettext_lazy("Earlier declarations"), _NUMBER),
        Field("earlier_refused", gettext_lazy("Earlier refusals"), _NUMBER),
        Field("earlier_found", gettext_lazy("Earlier discrepancies found"), _NUMBER),
        Field("mirror", gettext_lazy("Compared with the neighbour’s export"), problem=_mirror),
        Field("mirror_value", gettext_lazy("Value against the export, percent"), _NUMBER),
        Field("mirror_mass", gettext_lazy("Mass against the export, percent"), _NUMBER),
        Field("mirror_quantity", gettext_lazy("Quantity against the export, percent"), _NUMBER),
        Field("mirror_packages", gettext_lazy("Packages against the export, percent"), _NUMBER),
        Field("hs", gettext_lazy("Commodity code"), of_item=True, problem=_digits),
        Field("regime", gettext_lazy("Procedure"), of_item=True),
        Field("origin", gettext_lazy("Country of origin"), of_item=True, problem=_country),
        Field("export_country", gettext_lazy("Country of export"), of_item=True, problem=_country),
        Field("destination", gettext_lazy("Country of destination"), of_item=True,
              problem=_country),
        Field("value", gettext_lazy("Item value"), _NUMBER, of_item=True, takes_unit=True),
        Field("quantity", gettext_lazy("Quantity"), _NUMBER, of_item=True, takes_unit=True),
        Field("gross_mass", gettext_lazy("Gross mass"), _NUMBER, of_item=True, unit="KGM"),
        Field("net_mass", gettext_lazy("Net mass"), _NUMBER, of_item=True, unit="KGM"),
        Field("document", gettext_lazy("Document"), of_item=True),
        Field("value_per_kg", gettext_lazy("Value per kilogram"), _NUMBER, of_item=True,
              takes_unit=True),
        Field("packages", gettext_lazy("Packages"), _NUMBER, of_item=True),
        Field("mass_per_package", gettext_lazy("Gross mass per package"), _NUMBER, of_item=True,
              unit="KGM"),
        Field("packing_share", gettext_lazy("Packing, percent of the gross mass"), _NUMBER,
              of_item=True),
    )
}
