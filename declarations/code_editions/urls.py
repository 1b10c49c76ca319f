"""Addresses of the administrator's pages on code lists."""

from django.urls import path

from declarations.code_editions import pages

urlpatterns = [
    path("code-lists/", pages.code_lists, name="code_lists"),
    path("code-lists/<slug:name>/", pages.code_list, name="code_list"),
    path("code-lists/<slug:name>/import/", pages.code_import, name="code_import"),
    path("code-lists/imports/<uuid:pk>/", pages.code_preview, name="code_preview"),
    path("code-lists/imports/<uuid:pk>/discard/", pages.code_discard, name="code_discard"),
    path("code-lists/editions/<uuid:pk>.csv", pages.code_edition_csv, name="code_edition_csv"),
]
