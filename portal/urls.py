"""Every address of the portal."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy

from portal.pages import health

# One door: the portal's own sign-in, with its limits and second factors, leads to the admin too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = gettext_lazy(settings.PORTAL_NAME)
admin.site.site_title = gettext_lazy(settings.PORTAL_NAME)

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("portal.pages.urls")),
    path("", include("portal.pages.requests_urls")),
    path("", include("portal.pages.organisation.urls")),
    path("", include("portal.pages.receipts_urls")),
    path("", include("declarations.urls")),
    path("", include("agencies.urls")),
    path("", include("agencies.permit_urls")),
    path("", include("agencies.inspections.urls")),
    path("", include("agencies.administration.urls")),
    path("", include("agencies.routing_editor.urls")),
    path("", include("agencies.risk.urls")),
    path("", include("exchange.urls")),
    path("", include("exchange.transit.urls")),
    path("", include("exchange.permits.urls")),
    path("", include("exchange.advance.urls")),
    path("", include("portal.notices.urls")),
    path("api/v1/", include("declarations.api_urls")),
    path("api/v1/", include("agencies.api_urls")),
    path("api/v1/", include("portal.notices.api_urls")),
    path("exchange/v1/", include("exchange.api_urls")),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "portal.pages.errors.bad_request"
handler403 = "portal.pages.errors.forbidden"
handler404 = "portal.pages.errors.not_found"
handler500 = "portal.pages.errors.server_error"
