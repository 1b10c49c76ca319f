from django.urls import path

from agencies import views

urlpatterns = [
    path("reviews/", views.review_queue, name="review_queue"),
    path("reviews/next/", views.review_claim_next, name="review_claim_next"),
    path("reviews/<uuid:pk>/", views.review, name="review"),
    path("reviews/<uuid:pk>/claim/", views.review_claim, name="review_claim"),
    path("reviews/<uuid:pk>/hand-back/", views.review_hand_back, name="review_hand_back"),
    path("reviews/<uuid:pk>/approve/", views.review_approve, name="review_approve"),
    path("reviews/<uuid:pk>/refuse/", views.review_refuse, name="review_refuse"),
]
