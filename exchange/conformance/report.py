"""The report of a trial: a JWS (RFC 7515, flattened JSON) by the key of whoever held the trial."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import OKPKey

from exchange.conformance.trial import Result, Trial, Verdict, now
from exchange.keys import ensure_own_key, private_half, public_key
from exchange.models import OwnKey, PartnerKey
from exchange.receipts import timestamp

ALGORITHM = "Ed25519"
TYPE = "exchange-conformance+jws"


class ReportRefused(ValueError):
    """A report that proves nothing; the message says why."""


def write(trial: Trial, results: Iterable[Result]) -> dict[str, Any]:
    """What was found, unsigned."""
    listed = [result.to_dict() for result in results]
    return {
        "protocol": "exchange-v1",
        "made_at": timestamp(now()),
        "tester": trial.who.country,
        "partner": trial.country,
        "address": trial.base,
        "partner_keys": sorted(trial.keys),
        "verdicts": {verdict: sum(result["verdict"] == verdict for result in listed)
                     for verdict in Verdict},
        "cases": listed,
    }


def sign(report: dict[str, Any]) -> str:
    """The report as the text of a file, signed with our newest key."""
    key = ensure_own_key()
    header = {"alg": ALGORITHM, "kid": key.key_id, "typ": TYPE}
    signed = jws.serialize_json(
        {"protected": header}, json.dumps(report, ensure_ascii=False),
        OKPKey.import_key(private_half(key)), algorithms=[ALGORITHM],
    )
    return json.dumps(signed, indent=1) + "\n"


def verify(text: str) -> tuple[dict[str, Any], str]:
    """The report and whose key signed it: ours or a partner's. Raises ReportRefused."""
    used: list[OwnKey | PartnerKey] = []

    def key_of(parts: Any) -> OKPKey:
        header = parts.protected or {}
        if header.get("typ") != TYPE:
            raise ReportRefused("It is not a report of this kit.")
        used.append(_key(str(header.get("kid"))))
        return OKPKey.import_key(public_key(used[0].public_key))

    try:
        signed = jws.deserialize_json(json.loads(text), key_of, algorithms=[ALGORITHM])
        report = json.loads(signed.payload)
        made_at = datetime.fromisoformat(report["made_at"])
    except BadSignatureError as error:
        raise ReportRefused("Its signature does not verify: it was changed.") from error
    except ReportRefused:
        raise
    except (
        JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError
    ) as error:
        raise ReportRefused("It is not a report of this kit.") from error
    key = used[0]
    signer = str(key.partner.country) if isinstance(key, PartnerKey) else settings.PORTAL_COUNTRY
    if signer != report.get("tester"):
        raise ReportRefused(f"It is signed by {signer}, not by {report.get('tester')}.")
    if made_at.tzinfo is None or not key.valid_at(made_at) or key.revoked_at is not None:
        raise ReportRefused("Its key was not valid when it was made.")
    return report, f"{signer}, key {key.key_id}"


def _key(key_id: str) -> OwnKey | PartnerKey:
    key: OwnKey | PartnerKey | None = (
        OwnKey.objects.filter(key_id=key_id).first()
        or PartnerKey.objects.select_related("partner").filter(key_id=key_id).first()
    )
    if key is None:
        raise ReportRefused("It is signed by a key that is neither ours nor a partner's.")
    return key


def totals(report: dict[str, Any]) -> str:
    """How many cases ended how, for people."""
    return ", ".join(f"{count} {verdict}" for verdict, count in report["verdicts"].items())


def line(result: dict[str, Any]) -> str:
    """One case: a line, and where it did not pass, what was sent, due and why."""
    head = f"{result['verdict']:<13} {result['name']:<24} {result['came']}"
    if result["verdict"] == Verdict.PASS:
        return head
    return "\n".join([
        head,
        *(f"{'':<14}{label:<9} {result[label]}" for label in ("sent", "expected", "why")),
        f"{'':<14}{'see':<9} docs/exchange.md, {result['section']}",
    ])
