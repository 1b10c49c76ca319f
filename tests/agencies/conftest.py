"""Three agencies and a rule set for wine: food and customs first, customs releases last."""

from dataclasses import dataclass, field

import pytest
from django.db import transaction

from agencies.models import Agency, Review, RuleSet
from agencies.routing import route
from declarations import lifecycle, wco
from declarations.models import Declaration
from portal.accounts.actors import SYSTEM
from tests.agencies.samples import dataset, make_declaration, make_rule, make_rule_set
from tests.factories import make_agency


@dataclass
class World:
    customs: Agency
    phyto: Agency
    vet: Agency
    rule_set: RuleSet
    declarations: list[Declaration] = field(default_factory=list)

    def route(
        self, declaration: Declaration | None = None, data: wco.Declaration | None = None
    ) -> Declaration:
        declaration = declaration or make_declaration()
        with transaction.atomic():
            route(declaration, data or dataset())
            lifecycle.move(declaration, lifecycle.Action.ROUTE, SYSTEM)
        return declaration

    def review(self, declaration: Declaration, agency: Agency) -> Review:
        return declaration.reviews.get(queue__agency=agency)


@pytest.fixture
def empty_world(db: None) -> World:
    customs, phyto, vet = make_agency("customs"), make_agency("phyto"), make_agency("vet")
    return World(customs, phyto, vet, make_rule_set(customs.queues.get()))


@pytest.fixture
def world(empty_world: World) -> World:
    """Wine goes to plant protection and to the vets in parallel, then to customs for release."""
    made = empty_world
    wine = {"all": [{"field": "kind", "is": "import"}, {"field": "hs", "prefix": "2204"}]}
    make_rule(made.rule_set, made.phyto, wine, code="wine-phyto", title="Wine",
              legal_basis="Food Safety Code, article 12")
    make_rule(made.rule_set, made.vet, {"field": "hs", "range": ["2204", "2208"]}, code="wine-vet")
    make_rule(made.rule_set, made.customs, {"all": []}, tier=2, code="release",
              review_kind="release")
    return made
