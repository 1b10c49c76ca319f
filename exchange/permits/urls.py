"""Addresses for what officers do about permits of other countries."""

from django.urls import path

from exchange.permits import views

urlpatterns = [
    path("foreign-permits/<uuid:pk>/vouch/", views.vouch, name="foreign_permit_vouch"),
    path("foreign-permits/<uuid:pk>/found/", views.found, name="foreign_permit_found"),
    path("foreign-permits/<uuid:pk>/ask/", views.ask, name="foreign_permit_ask"),
]
