"""Addresses of what an agency keeps about itself."""

from django.urls import path

from agencies.administration import pages, time_pages

urlpatterns = [
    path("agency/", pages.overview, name="our_agency"),
    path("agency/offices/", pages.offices, name="agency_offices"),
    path("agency/offices/new/", pages.office, name="agency_office_new"),
    path("agency/offices/<uuid:pk>/", pages.office, name="agency_office"),
    path("agency/hours/", time_pages.hours, name="agency_hours"),
    path("agency/holidays/new/", time_pages.holiday_add, name="holiday_add"),
    path("agency/holidays/import/", time_pages.holiday_import, name="holiday_import"),
    path("agency/holidays/<uuid:pk>/remove/", time_pages.holiday_remove, name="holiday_remove"),
    path("agency/absences/", time_pages.absences, name="absences"),
    path("agency/absences/new/", time_pages.absence, name="absence_new"),
    path("agency/absences/<uuid:pk>/", time_pages.absence, name="absence"),
    path("agency/absences/<uuid:pk>/remove/", time_pages.absence_remove, name="absence_remove"),
    path("agency/queues/", pages.queues, name="agency_queues"),
    path("agency/queues/new/", pages.queue, name="agency_queue_new"),
    path("agency/queues/<uuid:pk>/", pages.queue, name="agency_queue"),
    path("agency/conditions/", pages.conditions, name="agency_conditions"),
    path("agency/conditions/new/", pages.condition, name="agency_condition_new"),
    path("agency/conditions/<uuid:pk>/", pages.condition, name="agency_condition"),
    path("agency/conditions/<uuid:pk>/remove/", pages.condition_remove,
         name="agency_condition_remove"),
    path("agency/permit-series/", pages.schemes, name="agency_schemes"),
    path("agency/permit-series/<uuid:pk>/", pages.scheme, name="agency_scheme"),
]
