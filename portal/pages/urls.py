"""Addresses of the pages that belong to no single room."""

from django.urls import include, path

from portal.pages import acting, asked, comparison, declaration, home, language, permit_start

urlpatterns = [
    path("", home.home, name="home"),
    path("i18n/language/", language.set_language, name="set_language"),
    path("reference/", include("portal.pages.reference.urls")),
    path("what-will-be-asked/", asked.asked, name="asked"),
    path("declarations/from-permit/<uuid:pk>/", permit_start.declaration_from_permit,
         name="declaration_from_permit"),
    path("act-for/", acting.act_for, name="act_for"),
    path("declarations/<uuid:pk>/", declaration.declaration, name="declaration"),
    path("declarations/<uuid:pk>/versions/", comparison.versions, name="declaration_versions"),
    path("declarations/<uuid:pk>/amendments/<uuid:change_pk>/", comparison.amendment,
         name="declaration_amendment"),
    path("declarations/<uuid:pk>/amendments/<uuid:change_pk>/message.xml",
         comparison.amendment_message, name="amendment_message"),
    path("declarations/<uuid:pk>/progress/", declaration.progress, name="declaration_progress"),
    path("declarations/<uuid:pk>/message.xml", declaration.message, name="declaration_message"),
    path("declarations/<uuid:pk>/responses/<uuid:response_pk>.xml", declaration.response,
         name="declaration_response"),
]
