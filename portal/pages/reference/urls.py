"""Addresses of the reference."""

from django.urls import path

from portal.pages.reference import downloads, views

urlpatterns = [
    path("", views.overview, name="reference"),
    path("rules/", views.rules, name="reference_rules"),
    path("rules.csv", downloads.rules, name="reference_rules_csv"),
    path("dictionary/", views.dictionary, name="reference_dictionary"),
    path("dictionary.csv", downloads.dictionary, name="reference_dictionary_csv"),
    path("codes/", views.code_lists, name="reference_codes"),
    path("codes/<slug:name>/", views.codes, name="reference_code_list"),
    path("codes/<slug:name>.csv", downloads.codes, name="reference_code_list_csv"),
    path("schemas.zip", downloads.schemas, name="reference_schemas"),
    path("samples/<slug:kind>.xml", downloads.sample, name="reference_sample"),
]
