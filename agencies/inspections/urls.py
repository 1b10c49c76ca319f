"""Addresses of inspections."""

from django.urls import path

from agencies.inspections import trader_views, views, visit_views

urlpatterns = [
    path("inspections/", views.inspection_list, name="inspections"),
    path("inspections/calendar/", views.inspection_calendar, name="inspection_calendar"),
    path("inspections/sites/", views.site_list, name="inspection_sites"),
    path("inspections/sites/new/", views.site_edit, name="inspection_site_new"),
    path("inspections/sites/<uuid:pk>/", views.site_edit, name="inspection_site"),
    path("inspections/worker.js", visit_views.inspection_worker, name="inspection_worker"),
    path("reviews/<uuid:pk>/inspection/", views.inspection_call, name="inspection_call"),
    path("inspections/<uuid:pk>/", views.inspection, name="inspection"),
    path("inspections/<uuid:pk>/join/", views.inspection_join, name="inspection_join"),
    path("inspections/<uuid:pk>/not-needed/", views.inspection_not_needed,
         name="inspection_not_needed"),
    path("inspections/<uuid:pk>/appoint/", views.inspection_appoint, name="inspection_appoint"),
    path("inspections/<uuid:pk>/call-off/", views.inspection_call_off,
         name="inspection_call_off"),
    path("inspections/<uuid:pk>/sign/", views.inspection_sign, name="inspection_sign"),
    path("inspections/<uuid:pk>/visit/", visit_views.inspection_visit, name="inspection_visit"),
    path("inspections/<uuid:pk>/findings/", visit_views.finding_add, name="finding_add"),
    path("inspections/<uuid:pk>/photographs/<uuid:photograph_pk>/",
         visit_views.finding_photograph, name="finding_photograph"),
    path("inspections/<uuid:pk>/confirm/", trader_views.inspection_confirm,
         name="inspection_confirm"),
    path("inspections/<uuid:pk>/other-time/", trader_views.inspection_other_time,
         name="inspection_other_time"),
]
