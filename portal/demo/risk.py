"""The risk profile of the demo: new traders, goods and prices to look at twice, shares at random.

Almost everything that is filed in the demo is yellow, since every trader is new. Wine of the
country's own is the exception: exported, it is green, and leaves without a hand.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction

from agencies.risk.models import RiskProfile, RiskRule
from agencies.risk.profiles import SHELF
from agencies.states import Lane
from portal.accounts.actors import SYSTEM

TITLE = "Risk at the border"
KYOTO = "Revised Kyoto Convention, General Annex, chapter 6"
AUDIT = "Revised Kyoto Convention, General Annex, standard 6.6"
VALUATION = "WTO Agreement on Customs Valuation, article 17"
FACILITATION = "WTO Trade Facilitation Agreement, article 7.4"


def _kind(*kinds: str) -> dict[str, Any]:
    return {"field": "kind", "in": list(kinds)}


def _hs(*prefixes: str) -> dict[str, Any]:
    return {"field": "hs", "prefix": list(prefixes)}


def rules(country: str) -> list[RiskRule]:
    """The rules of the portal of ``country``."""
    own_wine = {"all": [_kind("export"), _hs("2204"), {"field": "origin", "is": country}]}
    return [
        RiskRule(
            code="new-trader", title="The trader has fewer than twenty declarations behind it",
            conditions={"field": "earlier", "lte": 19}, score=20, disclosable=True,
            legal_basis=KYOTO),
        RiskRule(
            code="refused-before", title="Goods of the trader were refused before",
            conditions={"field": "earlier_refused", "gte": 1}, score=15, legal_basis=KYOTO),
        RiskRule(
            code="found-before", title="An inspection of the trader's goods found a discrepancy",
            conditions={"field": "earlier_found", "gte": 1}, score=35, legal_basis=KYOTO),
        RiskRule(
            code="authorised", title="Authorised economic operator", score=-40, disclosable=True,
            conditions={"field": "authorisation", "in": ["AEOC", "AEOF", "AEOS"]},
            legal_basis="WTO Trade Facilitation Agreement, article 7.7"),
        RiskRule(
            code="own-wine", title="Wine of the country, exported", conditions=own_wine, score=-20,
            disclosable=True, legal_basis=FACILITATION),
        RiskRule(
            code="cheap-wine", title="Bottled wine worth less than its like", score=25,
            conditions={"all": [_kind("import"), _hs("220410", "220421"),
                                {"field": "value_per_kg", "lte": 2, "unit": "USD"}]},
            legal_basis=VALUATION),
        RiskRule(
            code="cheap-caviar", title="Caviar worth less than its like", score=30,
            floor=Lane.RED,
            conditions={"all": [_kind("import"), _hs("160431"),
                                {"field": "value_per_kg", "lte": 250, "unit": "USD"}]},
            legal_basis=VALUATION),
        RiskRule(
            code="endangered", title="Goods that may be of a species under CITES", score=15,
            floor=Lane.YELLOW, conditions=_hs("160431", "0106", "4302"), disclosable=True,
            legal_basis="CITES, article VIII"),
        RiskRule(
            code="less-than-left", title="Less is declared than left the neighbour", score=30,
            floor=Lane.RED,
            conditions={"any": [{"field": "mirror_mass", "lte": -5},
                                {"field": "mirror_value", "lte": -10}]},
            legal_basis=VALUATION),
        RiskRule(
            code="scrap", title="Scrap metal, which may hold a lost source", score=40,
            floor=Lane.RED, conditions=_hs("7204", "7404", "7602"), disclosable=True,
            legal_basis="IAEA Code of Conduct on the Safety and Security of Radioactive Sources"),
        RiskRule(
            code="heavy-packing", title="Packing weighs more than a third of the whole", score=10,
            conditions={"all": [{"field": "packing_share", "gte": 34},
                                {"none": [_hs("22", "70")]}]},
            legal_basis=KYOTO),
        RiskRule(
            code="large-transit", title="Heavy transit over several borders", score=15,
            conditions={"all": [_kind("transit"), {"field": "total_gross_mass", "gte": 50000},
                                {"field": "route_country", "in": ["KZ", "AZ", "GE"]}]},
            legal_basis="WTO Trade Facilitation Agreement, article 11"),
        RiskRule(
            code="random-import", title="Drawn at random among imports", conditions=_kind("import"),
            share=Decimal("5.00"), floor=Lane.RED, legal_basis=FACILITATION),
        RiskRule(
            code="random-transit", title="Drawn at random among transits",
            conditions=_kind("transit"), share=Decimal("2.00"), floor=Lane.RED,
            legal_basis=FACILITATION),
        RiskRule(
            code="random-audit", title="Drawn for an audit of a regular trader's books",
            conditions={"all": [_kind("import", "export"), {"field": "earlier", "gte": 50}]},
            share=Decimal("10.00"), floor=Lane.BLUE, legal_basis=AUDIT),
    ]


def seed_risk(country: str) -> RiskProfile:
    """Publish the first profile, unless one has been published already."""
    existing: RiskProfile | None = SHELF.in_force()
    if existing is not None:
        return existing
    with transaction.atomic():
        draft = SHELF.begin(SYSTEM, TITLE, rules(country))
        return SHELF.publish(draft.pk, SYSTEM)
