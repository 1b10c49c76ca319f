"""Addresses of what is asked and answered about a declaration, and of its files."""

from django.urls import path

from portal.pages import requests

urlpatterns = [
    path("declarations/<uuid:pk>/requests/<uuid:request_pk>/answer/", requests.request_answer,
         name="request_answer"),
    path("declarations/<uuid:pk>/requests/<uuid:request_pk>/files/<uuid:file_pk>/remove/",
         requests.request_file_remove, name="request_file_remove"),
    path("declarations/<uuid:pk>/files/<uuid:attachment_pk>/", requests.attachment,
         name="declaration_attachment"),
    path("declarations/<uuid:pk>/cancel/", requests.declaration_cancel,
         name="declaration_cancel"),
]
