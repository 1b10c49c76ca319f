"""Addresses of the exchange protocol, version 1."""

from django.urls import URLPattern, URLResolver, path

from exchange import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("messages", api.messages, name="exchange_messages"),
    path("messages/<uuid:message_id>", api.message, name="exchange_message"),
    path("keys", api.own_keys, name="exchange_keys"),
]
