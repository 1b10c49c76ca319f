"""Addresses of the exchange's pages."""

from django.urls import URLPattern, URLResolver, path

from exchange import own_key_views, partner_views, subscription_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("exchange/", views.exchange, name="exchange"),
    path("exchange/out/<uuid:pk>/", views.outbox_message, name="outbox_message"),
    path("exchange/out/<uuid:pk>/message.xml", views.outbox_bytes, name="outbox_bytes"),
    path("exchange/out/<uuid:pk>/resend/", views.outbox_resend, name="outbox_resend"),
    path("exchange/out/<uuid:pk>/skip/", views.outbox_skip, name="outbox_skip"),
    path("exchange/refused/", views.refused_inbound, name="refused_inbound"),
    path("exchange/in/<uuid:pk>/", views.inbox_message, name="inbox_message"),
    path("exchange/in/<uuid:pk>/message.xml", views.inbox_bytes, name="inbox_bytes"),
    path("exchange/partners/<uuid:pk>/pause/", views.partner_pause, name="partner_pause"),
    path("exchange/partners/<uuid:pk>/resume/", views.partner_resume, name="partner_resume"),
    path("exchange/partners/add/", partner_views.partner_new, name="partner_new"),
    path("exchange/partners/<uuid:pk>/", partner_views.partner, name="partner"),
    path("exchange/partners/<uuid:pk>/agreement/", partner_views.partner_edit, name="partner_edit"),
    path("exchange/partners/<uuid:pk>/agreement/<slug:family>/", partner_views.partner_agree,
         name="partner_agree"),
    path("exchange/partners/<uuid:pk>/trial/", partner_views.partner_trial, name="partner_trial"),
    path("exchange/partners/<uuid:pk>/elements/", subscription_views.partner_elements,
         name="partner_elements"),
    path("exchange/partners/<uuid:pk>/keys/add/", partner_views.partner_key_new,
         name="partner_key_new"),
    path("exchange/partners/<uuid:pk>/keys/<int:key>/end/", partner_views.partner_key_end,
         name="partner_key_end"),
    path("exchange/partners/<uuid:pk>/keys/<int:key>/revoke/", partner_views.partner_key_revoke,
         name="partner_key_revoke"),
    path("exchange/subscriptions/", subscription_views.subscriptions, name="subscriptions"),
    path("exchange/subscriptions/<int:pk>/remove/", subscription_views.subscription_remove,
         name="subscription_remove"),
    path("exchange/keys/", own_key_views.own_signing_keys, name="own_signing_keys"),
    path("exchange/keys/<int:pk>/revoke/", own_key_views.own_key_revoke, name="own_key_revoke"),
]
