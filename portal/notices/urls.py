from django.urls import path

from portal.notices import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.notices_read, name="notices_read"),
    path("notices/bell/", views.bell, name="notices_bell"),
    path("notices/preferences/", views.notice_preferences, name="notice_preferences"),
    path("notices/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("notices/<uuid:pk>/", views.notice, name="notice"),
    path("notices/<uuid:pk>/read/", views.notice_read, name="notice_read"),
]
