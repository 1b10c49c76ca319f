from django.urls import path

from portal.notices import api

urlpatterns = [
    path("notifications", api.NotificationsView.as_view(), name="api_notifications"),
    path("notifications/acknowledge", api.AcknowledgeView.as_view(),
         name="api_notifications_acknowledge"),
]
