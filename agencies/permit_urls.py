"""Addresses of permits: the agency's, the holder's and the public ones."""

from django.urls import path

from agencies.permits import holder_views, public, views

urlpatterns = [
    path("permits/", views.permit_list, name="permits"),
    path("permits/issue/<uuid:pk>/", views.permit_issue, name="permit_issue"),
    path("permits/ours/", holder_views.our_permits, name="our_permits"),
    path("permits/ours/<uuid:pk>/", holder_views.our_permit, name="our_permit"),
    path("permits/verify/", public.permit_verify, name="permit_verify"),
    path("permits/verify/<uuid:public_id>", public.permit_verify_one, name="permit_verify_one"),
    path("permits/<uuid:pk>/", views.permit, name="permit"),
    path("permits/<uuid:pk>/certificate.pdf", holder_views.permit_certificate,
         name="permit_certificate"),
    path("permits/<uuid:pk>/abroad/<uuid:use>/give-back/", views.permit_abroad_close,
         name="permit_abroad_close"),
    path("permits/<uuid:pk>/shortfalls/<uuid:use>/settle/", views.permit_shortfall_settle,
         name="permit_shortfall_settle"),
    path("permits/<uuid:pk>/sign/", views.permit_sign, name="permit_sign"),
    path("permits/<uuid:pk>/suspend/", views.permit_suspend, name="permit_suspend"),
    path("permits/<uuid:pk>/resume/", views.permit_resume, name="permit_resume"),
    path("permits/<uuid:pk>/revoke/", views.permit_revoke, name="permit_revoke"),
    path("permits/<uuid:pk>/extend/", views.permit_extend, name="permit_extend"),
    path("permits/<uuid:pk>/replace/", views.permit_replace, name="permit_replace"),
]
