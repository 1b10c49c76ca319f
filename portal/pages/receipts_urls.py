"""Addresses of receipts, of the printed declaration, and of the public check."""

from django.urls import path

from portal.pages import receipts
from portal.pages.receipts_api import ReceiptView

urlpatterns = [
    path("declarations/<uuid:pk>/print.pdf", receipts.print_pdf, name="declaration_print"),
    path("declarations/<uuid:pk>/receipt.jws", receipts.receipt_file, {"form": "jws"},
         name="declaration_receipt"),
    path("declarations/<uuid:pk>/receipt.json", receipts.receipt_file, {"form": "json"},
         name="declaration_receipt_json"),
    path("verify/", receipts.verify, name="verify"),
    path("verify/<uuid:receipt_id>/", receipts.verify_id, name="verify_receipt"),
    path("verify/<str:token>/", receipts.verify_token, name="verify_token"),
    path(".well-known/jwks.json", receipts.jwks, name="jwks"),
    path("api/v1/declarations/<uuid:pk>/receipt", ReceiptView.as_view(), name="api_receipt"),
]
