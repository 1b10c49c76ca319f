"""Addresses of the pages of transit."""

from django.urls import path

from exchange.transit import views

urlpatterns = [
    path("transit/", views.movements, name="transit_movements"),
    path("transit/guarantees/", views.guarantee_list, name="transit_guarantees"),
    path("transit/<uuid:pk>/", views.movement, name="transit_movement"),
    path("transit/<uuid:pk>/notices/<uuid:notice>/take/", views.out_of_order,
         name="transit_out_of_order"),
    path("transit/<uuid:pk>/<slug:step>/", views.step, name="transit_step"),
]
