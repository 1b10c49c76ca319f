"""An agency's own system is told: a review came, its answer came, it is no longer needed."""

import json
from datetime import timedelta
from typing import Any

from django.utils import timezone

from agencies import requests
from agencies.models import Agency
from portal.notices import signatures
from portal.notices.catalogue import agency_kinds
from portal.notices.models import Delivery, Webhook
from tests.agencies.samples import make_declaration
from tests.agency_api.conftest import System, World
from tests.factories import make_member, make_organisation


def told(agency: Agency) -> list[dict[str, Any]]:
    found = Delivery.objects.filter(webhook__organisation=agency.organisation).order_by("pk")
    return [json.loads(one.body) for one in found]


def listen(agency: Agency) -> None:
    Webhook.objects.create(
        organisation=agency.organisation, url="https://agency.example/hook",
        kinds=["review_opened", "information_given", "review_lapsed"],
        secret=signatures.locked(signatures.new_secret()), created_by="x")


def test_an_agency_is_told_of_its_own_reviews(world: World, phyto: System, vet: System) -> None:
    assert {"review_opened", "review_reopened", "information_given", "review_lapsed"} <= set(
        agency_kinds())
    listen(world.phyto)
    listen(world.vet)
    trader = make_organisation()
    _user, filer = make_member(trader)
    declaration = world.route(make_declaration(trader))
    review = world.review(declaration, world.phyto)
    (came,) = told(world.phyto)
    assert (came["type"], came["data"]["review"]) == ("review_opened", str(review.pk))
    assert came["data"]["links"]["review"].endswith(f"/api/v1/agency/reviews/{review.pk}")

    phyto.post(f"reviews/{review.pk}/claim")
    asked = phyto.post(f"reviews/{review.pk}/requests", {
        "text": "Which?", "due_at": (timezone.now() + timedelta(days=2)).isoformat()})
    requests.answer(review.requests.get(pk=asked.json()["id"]).pk, filer, "Ganja.", [])
    assert [one["type"] for one in told(world.phyto)] == ["review_opened", "information_given"]
    assert told(world.phyto)[-1]["data"]["review"] == str(review.pk)

    # A refusal ends the case: the vets, still at it, hear that they are no longer needed.
    refused = phyto.post(f"reviews/{review.pk}/refuse",
                         {"reason_code": "health_risk", "reason": "Mould."})
    assert refused.status_code == 200
    assert [one["type"] for one in told(world.vet)] == ["review_opened", "review_lapsed"]
    assert len(told(world.phyto)) == 2
