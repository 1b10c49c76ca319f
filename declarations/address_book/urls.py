"""Addresses of the address book."""

from django.urls import path

from declarations.address_book import pages

urlpatterns = [
    path("address-book/", pages.address_book, name="address_book"),
    path("address-book/new/", pages.party_new, name="party_new"),
    path("address-book/import/", pages.address_book_import, name="address_book_import"),
    path("address-book/export.csv", pages.address_book_export, name="address_book_export"),
    path("address-book/<uuid:pk>/", pages.party_edit, name="party_edit"),
    path("address-book/<uuid:pk>/delete/", pages.party_delete, name="party_delete"),
]
