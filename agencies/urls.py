from django.urls import path

from agencies import cancellation_views, template_views, views

urlpatterns = [
    path("reviews/", views.review_queue, name="review_queue"),
    path("reviews/next/", views.review_claim_next, name="review_claim_next"),
    path("reviews/<uuid:pk>/", views.review, name="review"),
    path("reviews/<uuid:pk>/claim/", views.review_claim, name="review_claim"),
    path("reviews/<uuid:pk>/hand-back/", views.review_hand_back, name="review_hand_back"),
    path("reviews/<uuid:pk>/approve/", views.review_approve, name="review_approve"),
    path("reviews/<uuid:pk>/refuse/", views.review_refuse, name="review_refuse"),
    path("reviews/<uuid:pk>/ask/", views.review_ask, name="review_ask"),
    path("reviews/<uuid:pk>/requests/<uuid:request_pk>/withdraw/", views.request_withdraw,
         name="request_withdraw"),
    path("cancellations/", cancellation_views.cancellation_list, name="cancellations"),
    path("cancellations/<uuid:pk>/", cancellation_views.cancellation, name="cancellation"),
    path("cancellations/<uuid:pk>/grant/", cancellation_views.cancellation_grant,
         name="cancellation_grant"),
    path("cancellations/<uuid:pk>/deny/", cancellation_views.cancellation_deny,
         name="cancellation_deny"),
    path("request-templates/", template_views.template_list, name="request_templates"),
    path("request-templates/new/", template_views.template_edit, name="request_template_new"),
    path("request-templates/<uuid:pk>/", template_views.template_edit, name="request_template"),
    path("request-templates/<uuid:pk>/delete/", template_views.template_delete,
         name="request_template_delete"),
]
