"""Addresses of the pages that belong to no single room."""

from django.urls import path

from portal.pages import declaration, home

urlpatterns = [
    path("", home.home, name="home"),
    path("declarations/<uuid:pk>/", declaration.declaration, name="declaration"),
    path("declarations/<uuid:pk>/progress/", declaration.progress, name="declaration_progress"),
    path("declarations/<uuid:pk>/message.xml", declaration.message, name="declaration_message"),
    path("declarations/<uuid:pk>/responses/<uuid:response_pk>.xml", declaration.response,
         name="declaration_response"),
]
