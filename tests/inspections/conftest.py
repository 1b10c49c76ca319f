"""A wine import that plant protection and customs both review, and a site for one visit at a time."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from agencies import decisions
from agencies.inspections import appointing, visits
from agencies.inspections.models import Inspection, Site
from agencies.models import Agency, Review
from agencies.routing import route
from declarations import lifecycle
from declarations.models import Declaration
from portal.accounts.actors import SYSTEM, Actor
from portal.accounts.models import User
from tests.agencies.samples import dataset, make_declaration, make_rule, make_rule_set
from tests.factories import make_agency, make_member, make_officer, make_organisation


@dataclass
class Scene:
    phyto: Agency
    customs: Agency
    inspector: Actor
    inspector_user: User
    officer: Actor
    officer_user: User
    trader: Actor
    trader_user: User
    site: Site
    declaration: Declaration

    def review(self, agency: Agency) -> Review:
        return self.declaration.reviews.get(queue__agency=agency)

    def call(self, **wish: object) -> Inspection:
        need = visits.Need("Soil was found in the last consignment.", ["goods", "samples"], [1])
        return visits.call(self.review(self.phyto).pk, self.inspector, need,
                           visits.Wish("Open the doors of the lorry.", **wish))  # type: ignore[arg-type]

    def join(self, inspection: Inspection) -> Inspection:
        return visits.join(inspection.pk, self.officer, visits.Need("Weight differs.", ["goods"]))

    def appoint(self, inspection: Inspection, hour: int = 10, **more: str) -> Inspection:
        return appointing.appoint(inspection.pk, self.inspector, self.site.pk, at(hour), 60, **more)


def at(hour: int, days: int = 1) -> datetime:
    zone = ZoneInfo(settings.PORTAL_TIME_ZONE)
    day = timezone.now().astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(hour), zone)


def make_scene() -> Scene:
    phyto, customs = make_agency("phyto"), make_agency("customs")
    rules = make_rule_set(customs.queues.get())
    make_rule(rules, phyto, {"all": [{"field": "hs", "prefix": "2204"}]})
    make_rule(rules, customs, {"all": []})
    inspector_user, inspector = make_officer(phyto)
    officer_user, officer = make_officer(customs)
    trader_org = make_organisation()
    trader_user, trader = make_member(trader_org)
    site = Site.objects.create(agency=phyto, name="Sarpi, yard 2", address="Sarpi, Batumi road 1")
    scene = Scene(phyto, customs, inspector, inspector_user, officer, officer_user, trader,
                  trader_user, site, filed(trader_org, trader_user))
    decisions.claim(scene.review(phyto).pk, inspector)
    decisions.claim(scene.review(customs).pk, officer)
    return scene


def filed(organisation: object, user: User) -> Declaration:
    declaration = make_declaration(organisation, user)  # type: ignore[arg-type]
    with transaction.atomic():
        route(declaration, dataset())
        lifecycle.move(declaration, lifecycle.Action.ROUTE, SYSTEM)
    return declaration


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()
