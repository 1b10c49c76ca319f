"""Addresses of the trader's pages, and of the administrator's on profiles and code lists."""

from django.urls import include, path

from declarations.pages.amend import amendment_begin, amendment_discard, declaration_amend
from declarations.pages.begin import declaration_begin
from declarations.pages.codes import declaration_codes
from declarations.pages.copying import declaration_copy
from declarations.pages.drafts import declaration_delete
from declarations.pages.editor import declaration_edit, declaration_new
from declarations.pages.listing import declaration_export, declaration_list
from declarations.pages.listing_views import view_delete, view_keep
from declarations.pages.pasting import amendment_paste, declaration_paste, items_template
from declarations.pages.upload import declaration_upload
from declarations.pages.upload_sheet import declaration_upload_sheet, sheet_template

urlpatterns = [
    path("", include("declarations.profiles.urls")),
    path("", include("declarations.code_editions.urls")),
    path("", include("declarations.address_book.urls")),
    path("declarations/", declaration_list, name="declaration_list"),
    path("declarations/export.csv", declaration_export, name="declaration_export"),
    path("declarations/views/", view_keep, name="view_keep"),
    path("declarations/views/<uuid:pk>/delete/", view_delete, name="view_delete"),
    path("declarations/new/", declaration_begin, name="declaration_begin"),
    path("declarations/new/<slug:kind>/", declaration_new, name="declaration_new"),
    path("declarations/upload/", declaration_upload, name="declaration_upload"),
    path(
        "declarations/upload/spreadsheet/", declaration_upload_sheet, name="declaration_upload_sheet"
    ),
    path(
        "declarations/templates/<slug:kind>.<slug:form>", sheet_template, name="sheet_template"
    ),
    path("declarations/codes/<slug:name>/", declaration_codes, name="declaration_codes"),
    path("declarations/<uuid:pk>/edit/", declaration_edit, name="declaration_edit"),
    path("declarations/<uuid:pk>/paste/", declaration_paste, name="declaration_paste"),
    path("declarations/items/<slug:kind>.csv", items_template, name="items_template"),
    path("declarations/<uuid:pk>/copy/", declaration_copy, name="declaration_copy"),
    path("declarations/<uuid:pk>/amend/", declaration_amend, name="declaration_amend"),
    path("declarations/<uuid:pk>/amend/begin/", amendment_begin, name="amendment_begin"),
    path("declarations/<uuid:pk>/amend/paste/", amendment_paste, name="amendment_paste"),
    path("declarations/<uuid:pk>/amend/discard/", amendment_discard, name="amendment_discard"),
    path("declarations/<uuid:pk>/delete/", declaration_delete, name="declaration_delete"),
]
