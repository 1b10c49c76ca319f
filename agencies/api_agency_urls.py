"""Addresses of the agencies' REST interface, below /api/v1/agency/."""

from django.urls import path

from agencies import api_deciding, api_reviews

urlpatterns = [
    path("reviews", api_reviews.ReviewsView.as_view(), name="api_agency_reviews"),
    path("reviews/next", api_deciding.NextView.as_view(), name="api_agency_next"),
    path("reviews/<uuid:pk>", api_reviews.ReviewView.as_view(), name="api_agency_review"),
    path("reviews/<uuid:pk>/message", api_reviews.MessageView.as_view(),
         name="api_agency_message"),
    path("reviews/<uuid:pk>/files/<uuid:file_id>", api_reviews.FileView.as_view(),
         name="api_agency_file"),
    path("reviews/<uuid:pk>/claim", api_deciding.ClaimView.as_view(), name="api_agency_claim"),
    path("reviews/<uuid:pk>/hand-back", api_deciding.HandBackView.as_view(),
         name="api_agency_hand_back"),
    path("reviews/<uuid:pk>/approve", api_deciding.ApproveView.as_view(),
         name="api_agency_approve"),
    path("reviews/<uuid:pk>/refuse", api_deciding.RefuseView.as_view(), name="api_agency_refuse"),
    path("reviews/<uuid:pk>/requests", api_deciding.AskView.as_view(), name="api_agency_ask"),
    path("requests/<uuid:pk>/withdraw", api_deciding.WithdrawView.as_view(),
         name="api_agency_withdraw"),
    path("proposals/<uuid:pk>/sign", api_deciding.SignView.as_view(), name="api_agency_sign"),
    path("proposals/<uuid:pk>/return", api_deciding.ReturnView.as_view(),
         name="api_agency_return"),
    path("proposals/<uuid:pk>/take-back", api_deciding.TakeBackView.as_view(),
         name="api_agency_take_back"),
    path("conditions/<uuid:pk>/fulfil", api_deciding.FulfilView.as_view(),
         name="api_agency_fulfil"),
]
