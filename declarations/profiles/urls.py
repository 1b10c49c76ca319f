"""Addresses of the administrator's pages on message profiles."""

from django.urls import path

from declarations.profiles import pages

urlpatterns = [
    path("profiles/", pages.profiles, name="profiles"),
    path("profiles/new/", pages.profile_new, name="profile_new"),
    path("profiles/uploads/<uuid:pk>/", pages.profile_setup, name="profile_setup"),
    path("profiles/uploads/<uuid:pk>/discard/", pages.profile_discard, name="profile_discard"),
    path("profiles/<uuid:pk>/", pages.profile, name="profile"),
    path("profiles/<uuid:pk>/end/", pages.profile_end, name="profile_end"),
    path("profiles/<uuid:pk>/organisations/", pages.profile_organisations,
         name="profile_organisations"),
    path("profiles/<uuid:pk>/schemas.zip", pages.profile_archive, name="profile_archive"),
]
