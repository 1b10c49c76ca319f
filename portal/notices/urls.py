from django.urls import path

from portal.notices import views, webhook_views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.notices_read, name="notices_read"),
    path("notices/bell/", views.bell, name="notices_bell"),
    path("notices/preferences/", views.notice_preferences, name="notice_preferences"),
    path("notices/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("notices/<uuid:pk>/", views.notice, name="notice"),
    path("notices/<uuid:pk>/read/", views.notice_read, name="notice_read"),
    path("webhooks/", webhook_views.webhook_list, name="webhooks"),
    path("webhooks/new/", webhook_views.webhook_new, name="webhook_new"),
    path("webhooks/<uuid:pk>/", webhook_views.webhook, name="webhook"),
    path("webhooks/<uuid:pk>/test/", webhook_views.webhook_test, name="webhook_test"),
    path("webhooks/<uuid:pk>/pause/", webhook_views.webhook_pause, name="webhook_pause"),
    path("webhooks/<uuid:pk>/resume/", webhook_views.webhook_resume, name="webhook_resume"),
    path("webhooks/<uuid:pk>/rotate/", webhook_views.webhook_rotate, name="webhook_rotate"),
    path("webhooks/<uuid:pk>/remove/", webhook_views.webhook_remove, name="webhook_remove"),
    path("webhooks/deliveries/<uuid:pk>/again/", webhook_views.delivery_again,
         name="delivery_again"),
]
