from django.urls import path

from agencies.routing_editor import dry_run_pages, pages, rule_pages

urlpatterns = [
    path("routing/", pages.routing, name="routing"),
    path("routing/new/", pages.routing_new, name="routing_new"),
    path("routing/<uuid:pk>/", pages.routing_set, name="routing_set"),
    path("routing/<uuid:pk>/copy/", pages.routing_copy, name="routing_copy"),
    path("routing/<uuid:pk>/describe/", pages.routing_describe, name="routing_describe"),
    path("routing/<uuid:pk>/discard/", pages.routing_discard, name="routing_discard"),
    path("routing/<uuid:pk>/export/", pages.routing_export, name="routing_export"),
    path("routing/<uuid:pk>/ask/", pages.routing_ask, name="routing_ask"),
    path("routing/<uuid:pk>/unask/", pages.routing_unask, name="routing_unask"),
    path("routing/<uuid:pk>/answer/", pages.routing_answer, name="routing_answer"),
    path("routing/<uuid:pk>/withdraw/", pages.routing_withdraw, name="routing_withdraw"),
    path("routing/<uuid:pk>/rules/new/", rule_pages.rule_edit, name="routing_rule_new"),
    path("routing/<uuid:pk>/rules/<uuid:rule_pk>/", rule_pages.rule_edit, name="routing_rule"),
    path("routing/<uuid:pk>/rules/<uuid:rule_pk>/delete/", rule_pages.rule_delete,
         name="routing_rule_delete"),
    path("routing/<uuid:pk>/dry-runs/", dry_run_pages.dry_run_begin, name="routing_dry_run_begin"),
    path("routing/dry-runs/<uuid:pk>/", dry_run_pages.dry_run, name="routing_dry_run"),
    path("routing/dry-runs/<uuid:pk>/csv/", dry_run_pages.dry_run_csv,
         name="routing_dry_run_csv"),
]
