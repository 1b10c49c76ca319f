"""REST: the receipt of a declaration's acceptance."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from declarations import receipts as acceptances
from declarations.api import PROBLEMS, ApiView, own
from portal.accounts.roles import Permission
from portal.pages.receipts import readable

ANSWER: Any = inline_serializer("AcceptanceReceipt", {
    "receipt": serializers.CharField(help_text="JWS (RFC 7515), compact."),
    "header": serializers.DictField(),
    "claims": serializers.DictField(),
    "verify_at": serializers.URLField(),
    "keys_at": serializers.URLField(),
})


class ReceiptView(ApiView):
    required_permission = Permission.VIEW_OWN

    @extend_schema(
        operation_id="declarations_receipt",
        parameters=[OpenApiParameter("version", int, description="Default: the one in force.")],
        responses={200: ANSWER} | PROBLEMS,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """The signed receipt of the version in force, or of an earlier version."""
        number = request.query_params.get("version", "")
        if number and not (number.isdecimal() and len(number) < 10):
            raise ValidationError({"version": [_("Give the number of a version.")]})
        receipt = acceptances.of(own(request, pk).pk, int(number) if number else None)
        if receipt is None:
            raise NotFound(_("There is no receipt: the declaration was not accepted."))
        return Response(readable(receipt))
