"""The neighbours of a demo portal: their addresses, their keys, and what is sent to them.

Real partners give each other their keys by post or by hand. The demo's portals share a folder
(``DATA_DIR``/demo-keys), where each leaves its public key and finds those of its neighbours.
"""

import json
import os
from pathlib import Path

from django.conf import settings

from declarations.states import Kind
from exchange import keys
from exchange.models import Addressee, Partner, Subscription
from portal.demo.countries import COUNTRIES
from portal.demo.filing import within
from portal.journal.kinds import EventKind

# Of every country. A transit needs no line: exchange.transit tells each country of the itinerary what
# it needs to expect the goods, and not what they cost or who sold them.
SUBSCRIPTIONS = (
    (EventKind.RELEASED, Kind.IMPORT, Addressee.EXPORT_COUNTRY),
    (EventKind.RELEASED, Kind.EXPORT, Addressee.DESTINATION_COUNTRY),
    (EventKind.PERMIT_ISSUED, Kind.LPCO, Addressee.DESTINATION_COUNTRY),
)
# Exports that one partner hears of before they leave. Kazakhstan has not agreed to that, so what
# Georgia tells it is refused, and parked for the operator.
AHEAD = {"AZ": "GE", "GE": "KZ"}
NOT_AGREED = {"KZ": ("GE", EventKind.ACCEPTED)}
# What the numbers of permits begin with that may be used next door.
PERMIT_SERIES = {"AZ": "AZ-CITES-", "GE": "GE-CITES-", "KZ": "KZ-CITES-"}


def keys_folder() -> Path:
    data = Path(os.environ.get("DATA_DIR") or settings.BASE_DIR / ".data")
    return data / "demo-keys"


def peers() -> dict[str, str]:
    """Country to address, from the environment: ``PEERS="AZ=http://localhost:8001,…"``."""
    pairs = (pair.partition("=") for pair in os.environ.get("PEERS", "").split(",") if pair.strip())
    return {country.strip().upper(): address.strip() for country, _equals, address in pairs}


def publish_own_key(country: str) -> Path:
    """Leave this portal's public key where its neighbours look for it."""
    key = keys.ensure_own_key()
    file = keys_folder() / f"{country}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    written = file.with_suffix(".new")
    written.write_text(json.dumps({"key_id": key.key_id, "public_key": key.public_key}, indent=2))
    written.replace(file)  # a neighbour never reads half a key
    return file


def await_keys(country: str, seconds: float) -> None:
    """Leave our key and wait for those of the neighbours, which are being seeded at the same time."""
    publish_own_key(country)
    within(seconds, lambda: all((keys_folder() / f"{peer}.json").exists() for peer in peers()))


def seed_partners(country: str) -> tuple[list[str], list[str]]:
    """Register every peer whose key is there. Returns those registered, and those awaited."""
    publish_own_key(country)
    registered, awaited = [], []
    for peer, address in peers().items():
        file = keys_folder() / f"{peer}.json"
        if not file.exists():
            awaited.append(peer)
            continue
        key = json.loads(file.read_text())
        name = COUNTRIES[peer].operator.name if peer in COUNTRIES else peer
        new = not Partner.objects.filter(country=peer).exists()
        partner = keys.register_partner(peer, name, address, key["public_key"], key["key_id"])
        if new:
            _agree(country, partner)
        registered.append(peer)
    for event_kind, declaration_kind, addressee in SUBSCRIPTIONS:
        Subscription.objects.get_or_create(
            event_kind=event_kind, declaration_kind=declaration_kind, addressee=addressee,
            partner=None, export_country="", destination_country="",
        )
    ahead = Partner.objects.filter(country=AHEAD.get(country, "")).first()
    if ahead is not None:
        Subscription.objects.get_or_create(
            event_kind=EventKind.ACCEPTED, declaration_kind=Kind.EXPORT,
            addressee=Addressee.DESTINATION_COUNTRY, partner=ahead, export_country="",
            destination_country="",
        )
    return registered, awaited


def _agree(country: str, partner: Partner) -> None:
    """What this country's operator wrote down; what he changes later stays."""
    if series := PERMIT_SERIES.get(partner.country):
        partner.permit_series = [series]
    with_whom, kind = NOT_AGREED.get(country, ("", ""))
    if with_whom == partner.country:
        partner.message_kinds = [one for one in partner.message_kinds if one != kind]
    partner.save(update_fields=["permit_series", "message_kinds"])
