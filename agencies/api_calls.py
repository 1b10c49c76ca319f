"""Requests of agencies' programs that were done, by the key that the program gave each.

Sent again with its key, a request is not done again: it gets the first answer. Only what was done
is kept; one that was refused can be sent again under the same key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts.actors import Actor
from portal.accounts.models import ApiClient
from portal.identifiers import new_id

KEY_LENGTH = 150
HEADER = "Idempotency-Key"


class KeyUsed(APIException):
    """The key stands for another request already."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_code = "key_used"


class AgencyCall(models.Model):
    """One request that was done under a key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=KEY_LENGTH)
    # SHA-256 over method, address, officer and body: the key with another request is a fault.
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["client", "key"], name="agency_call_once")
        ]

    def __str__(self) -> str:
        return self.key


def once(request: Request, actor: Actor, do: Callable[[], Response]) -> Response:
    """Do it, in one transaction, unless it was done under the same key; then the first answer.

    Of two at the same moment the second waits for the first. Without a key it is simply done.
    """
    key = request.headers.get(HEADER)
    if key is None or actor.client_id is None:
        with transaction.atomic():
            return do()
    if not 0 < len(key) <= KEY_LENGTH or not key.isprintable():
        raise ValidationError({HEADER: [
            _("Use 1 to %(max)s printable characters.") % {"max": KEY_LENGTH}]})
    fingerprint = _fingerprint(request, actor)
    with transaction.atomic():
        new = AgencyCall(client_id=actor.client_id, key=key, fingerprint=fingerprint)
        AgencyCall.objects.bulk_create([new], ignore_conflicts=True)
        kept = AgencyCall.objects.select_for_update(of=("self",)).get(
            client=actor.client_id, key=key)
        if kept.pk == new.pk:
            answer = do()
            kept.status, kept.answer = answer.status_code, json.loads(
                JSONRenderer().render(answer.data))
            kept.save(update_fields=["status", "answer"])
            return answer
    if kept.fingerprint != fingerprint:
        raise KeyUsed(_("This key was used for another request. Take a new key for a new request."))
    return Response(kept.answer, kept.status, headers={"Idempotent-Replayed": "true"})


def _fingerprint(request: Request, actor: Actor) -> str:
    told: list[Any] = [request.method, request.path, str(actor.user_id), request.data]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
