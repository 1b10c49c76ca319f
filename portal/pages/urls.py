"""Addresses of the pages that belong to no single room."""

from django.urls import path

from portal.pages import home

urlpatterns = [
    path("", home.home, name="home"),
]
