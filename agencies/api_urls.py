"""Addresses of the REST interface on questions and cancellations, and of agencies, below /api/v1/."""

from django.urls import include, path

from agencies import amendment_api, api

urlpatterns = [
    path("agency/", include("agencies.api_agency_urls")),
    path("declarations/<uuid:pk>/requests", api.RequestsView.as_view(), name="api_requests"),
    path("declarations/<uuid:pk>/requests/<uuid:request_id>/answer",
         api.RequestAnswerView.as_view(), name="api_request_answer"),
    path("declarations/<uuid:pk>/files/<uuid:file_id>", api.FileView.as_view(), name="api_file"),
    path("declarations/<uuid:pk>/cancellations", api.CancellationsView.as_view(),
         name="api_cancellations"),
    path("declarations/<uuid:pk>/cancellations/<uuid:request_id>/withdraw",
         amendment_api.CancellationWithdrawView.as_view(), name="api_cancellation_withdraw"),
    path("declarations/<uuid:pk>/amendments/<uuid:change_id>/withdraw",
         amendment_api.AmendmentWithdrawView.as_view(), name="api_amendment_withdraw"),
]
