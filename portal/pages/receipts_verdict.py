"""What a stranger is told of a receipt: genuine or not, what it attests, whether it still holds."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from declarations.receipts import Standing, standing
from portal.journal import receipts
from portal.journal.models import Receipt
from portal.journal.receipts import ReceiptRefused

# Look-ups of one address in a minute: a person with a scanner in hand does fewer.
PER_MINUTE = 30
MINUTE = 60


@dataclass(frozen=True)
class Verdict:
    """``why`` says what is wrong with a receipt that is not genuine. ``message_fits`` is None when
    no message was given along."""

    genuine: bool
    why: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    accepted_at: datetime | None = None
    standing: Standing | None = None
    since: datetime | None = None
    message_fits: bool | None = None
    key_id: str = ""


def judge(text: str, message: bytes | None = None) -> Verdict:
    """The verdict on a receipt as text: the compact form, or the JSON file around it."""
    try:
        token = token_in(text)
        payload, receipt = receipts.find(token)
    except ReceiptRefused as refused:
        return Verdict(False, explained(refused.code))
    return _verdict(payload, receipt, message)


def of_id(receipt_id: UUID) -> Verdict:
    """The verdict on the receipt whose number a QR code names."""
    receipt = Receipt.objects.filter(pk=receipt_id).first()
    if receipt is None:
        return Verdict(False, _("The portal has issued no receipt with this number."))
    return judge(receipt.token)


def token_in(text: str) -> str:
    """The compact JWS in what somebody pasted or uploaded. Raises ReceiptRefused."""
    text = text.strip()
    if not text.startswith("{"):
        return "".join(text.split())  # pasted from a mail, it may be broken into lines
    try:
        content = json.loads(text)
        token = content["receipt"]
        claims = content.get("claims")
    except (ValueError, KeyError, RecursionError) as error:
        raise ReceiptRefused("no-receipt", "There is no receipt in this JSON.") from error
    if not isinstance(token, str):
        raise ReceiptRefused("no-receipt", "There is no receipt in this JSON.")
    # What a person reads in the file must be what was signed.
    if claims is not None and receipts.read(token)[1] != claims:
        raise ReceiptRefused("other-claims", "Its readable part is not what was signed.")
    return token


def explained(code: str) -> str:
    """Why a receipt is refused, for a person who may not know what a signature is."""
    return {
        "unknown-key": _("It was not signed by this portal. Another country's portal may have "
                         "issued it: ask there."),
        "bad-signature": _("Its signature does not match its content: it was changed after it was "
                           "signed, or made by somebody else."),
        "not-on-record": _("It is signed, but the portal has no record of issuing it. Report it to "
                           "the portal's operator."),
        "other-claims": _("The readable part of the file is not what the portal signed."),
    }.get(code, _("This is not a receipt of a trade single window. Paste the whole of it, or upload "
                  "the file as you received it."))


def too_many(request: HttpRequest) -> bool:
    """Count a look-up of this address; True when it has had its share of the minute.

    A cache that is down lets everybody in: the look-up costs three reads by key.
    """
    key = f"verify:{get_adapter(request).get_client_ip(request)}"
    try:
        cache.add(key, 0, MINUTE)
        return cache.incr(key) > PER_MINUTE
    except Exception:
        return False


def _verdict(payload: dict[str, Any], receipt: Receipt, message: bytes | None) -> Verdict:
    state, since = standing(receipt)
    fits = None
    if message is not None:
        fits = hashlib.sha256(message).hexdigest() == payload.get("sha256")
    return Verdict(
        True, claims=payload, accepted_at=parse_datetime(str(payload.get("accepted_at"))),
        standing=state, since=since, message_fits=fits,
        key_id=str(receipts.read(receipt.token)[0]["kid"]),
    )
