"""The routing rules of the demo: which agency sees which goods, by chapter of the tariff.

Permit agencies decide side by side in tier 1; customs releases in tier 2, when they have closed,
except what is in the green lane: that needs nobody.
Wheat in bulk goes to customs in tier 1, so that one visit serves both.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from agencies import rule_sets
from agencies.models import Queue, Rule, RuleSet
from agencies.states import ReviewKind
from declarations import codelists
from portal.accounts.actors import SYSTEM
from portal.demo.permits import SCHEMES

TITLE = "Agencies at the border, by HS chapter"
_BOTH_WAYS = {"field": "kind", "in": ["import", "export"]}

# Live plants, cut flowers, vegetables, fruit and nuts, cereals, oil seeds, wood.
PLANTS = ["06", "07", "08", "10", "1201", "1209", "4401", "4403", "4407"]
# Live animals, meat, fish, dairy, other animal products, prepared meat and fish, hides, raw hair.
ANIMALS = ["01", "02", "03", "04", "05", "16", "4101", "4102", "4103", "5101", "5102"]
# Nuclear material and reactors, and scrap metal, which may hold a lost source.
RADIATION = ["2612", "2844", "2845", "8401", "7204", "7404", "7602", "7802", "7902"]


@dataclass(frozen=True, slots=True)
class Routing:
    """One rule of the set, to the queue of the agency called ``agency``."""

    code: str
    title: str
    agency: str
    conditions: dict[str, Any]
    tier: int
    review_kind: ReviewKind
    legal_basis: str


def cites_codes() -> list[str]:
    return [c.code for c in codelists.codes("controlled").values() if c.more["permit"] == "CIT"]


def routings() -> list[Routing]:
    return [
        Routing(
            "plants", "Plants and plant products", "phyto",
            {"all": [_BOTH_WAYS, {"field": "hs", "prefix": PLANTS}]},
            1, ReviewKind.PERMIT, "International Plant Protection Convention",
        ),
        Routing(
            "grain", "Wheat in bulk, weighed when plant protection takes its samples", "customs",
            {"all": [{"field": "kind", "is": "import"}, {"field": "hs", "prefix": ["1001"]}]},
            1, ReviewKind.INSPECTION, "WTO Trade Facilitation Agreement, article 8",
        ),
        Routing(
            "animals", "Animals and food of animal origin", "vet",
            {"all": [_BOTH_WAYS, {"field": "hs", "prefix": ANIMALS}]},
            1, ReviewKind.PERMIT, "WOAH Terrestrial Animal Health Code",
        ),
        Routing(
            "endangered-species", "Species under CITES", "cites",
            {"any": [{"field": "hs", "prefix": cites_codes()}, {"field": "document", "is": "CIT"}]},
            1, ReviewKind.PERMIT, "CITES, articles III to V",
        ),
        Routing(
            "radiation", "Radioactive material and scrap metal", "radiation",
            {"all": [_BOTH_WAYS, {"field": "hs", "prefix": RADIATION}]},
            1, ReviewKind.INSPECTION,
            "Convention on the Physical Protection of Nuclear Material",
        ),
        *(
            Routing(
                f"applications-{agency}", "Applications for the agency's own permits", agency,
                {"all": [
                    {"field": "kind", "is": "lpco"},
                    {"field": "permit", "in": [scheme[0] for scheme in schemes]},
                ]},
                1, ReviewKind.PERMIT, "WTO Trade Facilitation Agreement, article 10.4",
            )
            for agency, schemes in SCHEMES.items()
        ),
        Routing(
            "customs-release", "Customs release", "customs",
            {"all": [
                {"field": "kind", "in": ["import", "export", "transit"]},
                {"none": [{"field": "lane", "is": "green"}]},
            ]},
            2, ReviewKind.RELEASE, "Revised Kyoto Convention, General Annex, chapter 3",
        ),
    ]


def seed_routing(queues: dict[str, Queue]) -> RuleSet:
    """Publish the first rule set, unless one has been published already."""
    existing = RuleSet.objects.in_force().first()
    if existing is not None:
        return existing
    with transaction.atomic():
        draft = RuleSet.objects.create(
            version=rule_sets.next_version(), title=TITLE, default_queue=queues["customs"]
        )
        Rule.objects.bulk_create(
            Rule(
                rule_set=draft, code=each.code, title=each.title, conditions=each.conditions,
                queue=queues[each.agency], tier=each.tier, review_kind=each.review_kind,
                legal_basis=each.legal_basis,
            )
            for each in routings()
        )
        return rule_sets.publish(draft.pk, SYSTEM)
