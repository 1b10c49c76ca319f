"""Addresses of the REST interface, below /api/v1/."""

from django.urls import path

from declarations import amendment_api, api

urlpatterns = [
    path("declarations", api.DeclarationsView.as_view(), name="api_declarations"),
    path("declarations/batch", api.BatchView.as_view(), name="api_batch"),
    path("declarations/<uuid:pk>", api.DeclarationView.as_view(), name="api_declaration"),
    path("declarations/<uuid:pk>/responses", api.ResponsesView.as_view(), name="api_responses"),
    path("declarations/<uuid:pk>/responses/<uuid:response_id>", api.ResponseView.as_view(),
         name="api_response"),
    path("declarations/<uuid:pk>/events", api.EventsView.as_view(), name="api_events"),
    path("declarations/<uuid:pk>/amendments", amendment_api.AmendmentsView.as_view(),
         name="api_amendments"),
    path("declarations/<uuid:pk>/changes/<uuid:change_id>", amendment_api.ChangeView.as_view(),
         name="api_change"),
    path("schema", api.SchemaView.as_view(), name="schema"),
]
