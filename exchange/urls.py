"""Addresses of the exchange's pages."""

from django.urls import URLPattern, URLResolver, path

from exchange import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("exchange/", views.exchange, name="exchange"),
    path("exchange/out/<uuid:pk>/", views.outbox_message, name="outbox_message"),
    path("exchange/out/<uuid:pk>/message.xml", views.outbox_bytes, name="outbox_bytes"),
    path("exchange/out/<uuid:pk>/resend/", views.outbox_resend, name="outbox_resend"),
    path("exchange/in/<uuid:pk>/", views.inbox_message, name="inbox_message"),
    path("exchange/in/<uuid:pk>/message.xml", views.inbox_bytes, name="inbox_bytes"),
    path("exchange/partners/<uuid:pk>/pause/", views.partner_pause, name="partner_pause"),
    path("exchange/partners/<uuid:pk>/resume/", views.partner_resume, name="partner_resume"),
]
