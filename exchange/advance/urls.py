"""Addresses of the pages of advance information."""

from django.urls import path

from exchange.advance import views

urlpatterns = [
    path("announced/", views.announced, name="announced"),
    path("announced/<uuid:pk>/", views.announcement, name="announcement"),
    path("announced/<uuid:pk>/confirm/", views.confirm, name="announcement_confirm"),
    path("announced/<uuid:pk>/disown/", views.disown, name="announcement_disown"),
    path("announced/<uuid:pk>/begin/", views.begin, name="announcement_begin"),
]
