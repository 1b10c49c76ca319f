"""The first page: what waits for this person, by role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.accounts.permissions import requires


@requires()
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home.html", {})
