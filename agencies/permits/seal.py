"""What the portal signs of a permit: enough to know, without asking anybody, that it was granted.

The signature says nothing of what happened afterwards; for that there is the public page.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse

from agencies.permits.models import Permit
from portal.journal import receipts

TYPE = "permit+jws"


def address(permit: Permit) -> str:
    """Where anyone can see whether the permit stands."""
    return settings.PORTAL_URL.rstrip("/") + reverse("permit_verify_one", args=[permit.public_id])


def payload(permit: Permit) -> dict[str, Any]:
    """Short names: it must fit a QR code that a telephone reads off paper."""
    return {
        "iss": settings.PORTAL_URL.rstrip("/"),
        "no": permit.number,
        "typ": permit.scheme.permit_type,
        "sub": f"{permit.holder_identifier} {permit.holder_name}"[:60],
        "from": permit.valid_from.isoformat(),
        "to": permit.valid_to.isoformat(),
        "iat": int(permit.issued_at.timestamp()),
        "goods": [
            f"{line.hs} {line.quantity.normalize():f} {line.unit}"
            for line in list(permit.lines.all())[:5]
        ],
        "url": address(permit),
    }


def token(permit: Permit) -> str:
    return receipts.sign(payload(permit), type=TYPE)
