from django.urls import path

from agencies.risk import pages, rule_pages, run_pages

urlpatterns = [
    path("risk/", pages.risk, name="risk"),
    path("risk/new/", pages.risk_new, name="risk_new"),
    path("risk/rates/", run_pages.risk_rates, name="risk_rates"),
    path("risk/<uuid:pk>/", pages.risk_set, name="risk_set"),
    path("risk/<uuid:pk>/copy/", pages.risk_copy, name="risk_copy"),
    path("risk/<uuid:pk>/describe/", pages.risk_describe, name="risk_describe"),
    path("risk/<uuid:pk>/discard/", pages.risk_discard, name="risk_discard"),
    path("risk/<uuid:pk>/ask/", pages.risk_ask, name="risk_ask"),
    path("risk/<uuid:pk>/unask/", pages.risk_unask, name="risk_unask"),
    path("risk/<uuid:pk>/answer/", pages.risk_answer, name="risk_answer"),
    path("risk/<uuid:pk>/withdraw/", pages.risk_withdraw, name="risk_withdraw"),
    path("risk/<uuid:pk>/rules/new/", rule_pages.risk_rule_edit, name="risk_rule_new"),
    path("risk/<uuid:pk>/rules/<uuid:rule_pk>/", rule_pages.risk_rule_edit, name="risk_rule"),
    path("risk/<uuid:pk>/rules/<uuid:rule_pk>/delete/", rule_pages.risk_rule_delete,
         name="risk_rule_delete"),
    path("risk/<uuid:pk>/dry-runs/", run_pages.risk_dry_run_begin, name="risk_dry_run_begin"),
    path("risk/dry-runs/<uuid:pk>/", run_pages.risk_dry_run, name="risk_dry_run"),
]
