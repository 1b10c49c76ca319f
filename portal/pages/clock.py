"""The clock of the pages: days and times are shown and entered in the portal's time zone.

Machines keep UTC: what they are answered must not depend on where the portal stands.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

MACHINES = ("/api/", "/exchange/v1/")


class PortalTime:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(MACHINES):
            return self.get_response(request)
        with timezone.override(ZoneInfo(settings.PORTAL_TIME_ZONE)):
            return self.get_response(request)
