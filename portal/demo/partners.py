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
from exchange.models import Addressee, Subscription
from portal.demo.countries import COUNTRIES
from portal.demo.filing import within
from portal.journal.kinds import EventKind

SUBSCRIPTIONS = (
    (EventKind.RELEASED, Kind.IMPORT, Addressee.EXPORT_COUNTRY),
    (EventKind.RELEASED, Kind.EXPORT, Addressee.DESTINATION_COUNTRY),
    (EventKind.RELEASED, Kind.TRANSIT, Addressee.ITINERARY),
)


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
        keys.register_partner(peer, name, address, key["public_key"], key["key_id"])
        registered.append(peer)
    for event_kind, declaration_kind, addressee in SUBSCRIPTIONS:
        Subscription.objects.get_or_create(
            event_kind=event_kind, declaration_kind=declaration_kind, addressee=addressee,
            partner=None, export_country="", destination_country="",
        )
    return registered, awaited
