"""Rules about the permits and certificates that the goods need."""

from collections.abc import Iterator
from typing import ClassVar

from declarations import codelists
from declarations.rules.base import (
    BOTH_WAYS,
    IMPORT,
    ITEM,
    WARNING,
    Finding,
    Rule,
    Survey,
)
from declarations.rules.documents import CITES, ITEM_DOCUMENT
from declarations.wco.i18n import gettext_noop as _

PHYTOSANITARY, VETERINARY = "851", "853"
IPPC = "IPPC, ISPM 12"
WOAH = "WOAH Terrestrial Animal Health Code, chapter 5.10"


class PermitNeeded(Rule):
    """Goods under a treaty cross a border only with their permit. One subclass per permit."""

    permit: ClassVar[str]
    kinds = BOTH_WAYS
    message = _(
        "Goods item %(item)s: goods of code %(value)s (%(hint)s) need a %(parent)s. Add a "
        "document of type %(permit)s with the number of the permit. The law: %(law)s."
    )
    needs = f"{ITEM}/Commodity/Classification"

    def check(self, survey: Survey) -> Iterator[Finding]:
        if not survey.controlled:
            return
        listed = {hs: found for hs, found in survey.controlled.items() if self.permit in found}
        for n, hs in enumerate(survey.hs_codes):
            if hs in listed and self.permit not in survey.papers_of(survey.items[n]):
                entry = listed[hs][self.permit]
                yield Finding(
                    survey.item(n).at("AdditionalDocument/TypeCode"),
                    {
                        "value": hs, "hint": entry.name, "permit": self.permit,
                        "parent": codelists.name("permit", self.permit), "law": entry.more["law"],
                    },
                    (self.permit,),
                )


class CitesNeeded(PermitNeeded):
    code = "SW-R-PRM-010"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    permit = CITES
    source = "CITES, articles III to V"


class OzoneLicenceNeeded(PermitNeeded):
    code = "SW-R-PRM-011"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    permit = "ODS"
    source = "Montreal Protocol, article 4B"


class RadiationPermitNeeded(PermitNeeded):
    code = "SW-R-PRM-012"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    permit = "RAD"
    source = "Convention on the Physical Protection of Nuclear Material"


class WasteMovementNeeded(PermitNeeded):
    code = "SW-R-PRM-013"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    permit = "WST"
    source = "Basel Convention, article 6"


class NarcoticsPermitNeeded(PermitNeeded):
    code = "SW-R-PRM-014"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    permit = "NAR"
    source = "Single Convention on Narcotic Drugs, article 31"


class ArmsPermitNeeded(PermitNeeded):
    code = "SW-R-PRM-015"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    permit = "ARM"
    source = "Arms Trade Treaty; national export control laws"


class PesticideRegistered(PermitNeeded):
    code = "SW-R-PRM-016"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    permit = "PES"
    source = "Rotterdam Convention, articles 10 to 12"
    kinds = frozenset({IMPORT})


class CertificateExpected(Rule):
    """Goods of ``CHAPTERS`` are asked at the border for one of ``PAPERS``, named for the item or
    for the whole declaration."""

    severity = WARNING
    kinds = BOTH_WAYS
    needs = f"{ITEM}/Commodity/Classification"
    CHAPTERS: ClassVar[tuple[str, ...]]
    PAPERS: ClassVar[frozenset[str]]

    def check(self, survey: Survey) -> Iterator[Finding]:
        for n, hs in enumerate(survey.hs_codes):
            if not hs.startswith(self.CHAPTERS):
                continue
            if self.PAPERS.isdisjoint(survey.papers | survey.papers_of(survey.items[n])):
                place = survey.item(n).at("AdditionalDocument/TypeCode")
                yield Finding(place, {"value": hs}, tuple(sorted(self.PAPERS)))


class PhytosanitaryExpected(CertificateExpected):
    code = "SW-R-PRM-022"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    message = _(
        "Goods item %(item)s: plants and plant products (%(value)s) are inspected at the border. "
        "The phytosanitary service will ask for a certificate: add it as a document of type 851."
    )
    source = IPPC
    # Live plants, cut flowers, vegetables, fruit and nuts, cereals, seeds, logs and sawn wood.
    CHAPTERS = ("06", "07", "08", "10", "1209", "4403", "4407")
    PAPERS = frozenset({PHYTOSANITARY, "PHI"})


class VeterinaryExpected(CertificateExpected):
    code = "SW-R-PRM-023"
    path = f"{ITEM_DOCUMENT}/TypeCode"
    message = _(
        "Goods item %(item)s: animals and food of animal origin (%(value)s) are inspected at the "
        "border. The veterinary service will ask for a certificate: add it as a document of type "
        "853."
    )
    source = WOAH
    # Live animals, meat, fish, dairy, other animal products, prepared meat and fish.
    CHAPTERS = ("01", "02", "03", "04", "05", "16")
    PAPERS = frozenset({VETERINARY, "852", "VEI"})


RULES = (
    CitesNeeded(), OzoneLicenceNeeded(), RadiationPermitNeeded(), WasteMovementNeeded(),
    NarcoticsPermitNeeded(), ArmsPermitNeeded(), PesticideRegistered(), PhytosanitaryExpected(),
    VeterinaryExpected(),
)
