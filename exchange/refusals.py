"""What was refused at the door: why, and from whom, as far as that is known.

Anybody can knock. So little is kept of each request, only so many a minute, and not for ever.
"""

import hashlib
import logging
import re

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from exchange.limits import REFUSED_KEPT, REFUSED_PER_MINUTE, REFUSED_UNPROVEN_KEPT
from exchange.models import PartnerKey, RefusedInbound
from exchange.problems import Refused

logger = logging.getLogger(__name__)

_KEY_ID = re.compile(r';keyid="([A-Za-z0-9_-]{1,64})"')
# Nothing is wrong with these: the sender comes back, or only asked.
_NOT_KEPT = frozenset({"partner-paused", "message-unknown"})
_SHOWN_ERRORS = 10


def note(request: HttpRequest, refusal: Refused) -> None:
    """Keep that a request was refused. Never raises: the answer matters more."""
    if refusal.code in _NOT_KEPT:
        return
    try:
        if _is_flood(refusal.key_id):
            return
        with transaction.atomic():
            _row(request, refusal).save(force_insert=True)
    except Exception:
        logger.exception("a refused request was not noted")


def prune() -> int:
    """Forget what is old; how many rows that were."""
    now = timezone.now()
    unproven = RefusedInbound.objects.filter(proven=False, at__lt=now - REFUSED_UNPROVEN_KEPT)
    return unproven.delete()[0] + RefusedInbound.objects.filter(at__lt=now - REFUSED_KEPT).delete()[0]


def _row(request: HttpRequest, refusal: Refused) -> RefusedInbound:
    # Who was not proven is whoever the request names first, which it may do falsely.
    found = _KEY_ID.search(request.headers.get("Signature-Input", ""))
    key_id = refusal.key_id or (found[1] if found else "")
    key = PartnerKey.objects.filter(key_id=key_id).select_related("partner").first()
    # Only a body that was read before: one that is too large never is.
    body: bytes | None = getattr(request, "_body", None)
    length = request.META.get("CONTENT_LENGTH") or ""
    size = len(body) if body is not None else int(length[:15]) if length.isdigit() else None
    lines = [str(error.get("message", "")) for error in refusal.errors[:_SHOWN_ERRORS]]
    return RefusedInbound(
        partner=key.partner if key else None,
        proven=key is not None and refusal.key_id != "",
        key_id=key_id,
        source=request.META.get("REMOTE_ADDR", "")[:45],
        status=refusal.status,
        code=refusal.code,
        detail=_plain("\n".join([refusal.detail, *lines]))[:4000],
        message_id=_plain(request.headers.get("Message-Id", ""))[:36],
        message_kind=_plain(request.headers.get("Message-Kind", ""))[:40],
        size=size,
        sha256=hashlib.sha256(body).hexdigest() if body else "",
    )


def _is_flood(key_id: str) -> bool:
    """Each key that is proven has its own count: who only knocks hides nothing of a partner."""
    slot = f"exchange-refused:{key_id}:{int(timezone.now().timestamp()) // 60}"
    cache.add(slot, 0, timeout=120)
    return int(cache.incr(slot)) > REFUSED_PER_MINUTE


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "")
