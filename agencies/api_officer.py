"""For whom a program of an agency acts: an officer of the agency, named with every request.

So everything that holds for officers holds for programs: who filed never decides, whoever took a
case up decides it, and two signatures are of two persons. The journal names officer and program.
"""

from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from portal.accounts.actors import Actor
from portal.accounts.models import Membership
from portal.accounts.permissions import actor_of

HEADER = "Officer"
FIELD = "officer"
LONGEST = 254


def acting_officer(request: Request) -> Actor:
    """The officer for whom the program acts, with no more than both may do.

    Raises ValidationError where nobody of the agency is named so.
    """
    found = _named(request)
    if found is None:
        raise ValidationError({FIELD: [_(
            "Name the officer who does this, in the field “officer” or the header “Officer”: by "
            "sign-in name or e-mail address."
        )]})
    return found


def reader(request: Request) -> Actor:
    """The officer who reads, where one is named; else the program itself."""
    return _named(request) or actor_of(request)


def _named(request: Request) -> Actor | None:
    program = actor_of(request)
    given = request.headers.get(HEADER)
    if not given and request.method == "POST" and isinstance(request.data, dict):
        given = request.data.get(FIELD)
    if not given:
        return None
    name = given.strip() if isinstance(given, str) else ""
    members = Membership.objects.of(program).filter(
        Q(user__username=name) | Q(user__email__iexact=name), user__is_active=True
    )
    # An address that two people share names neither of them.
    found = list(members.select_related("user", "organisation")[:2]) if 0 < len(name) <= LONGEST else []
    if len(found) != 1:
        raise ValidationError({FIELD: [
            _("“%(name)s” is not the sign-in name or e-mail address of an officer of your agency.")
            % {"name": name[:LONGEST]}
        ]})
    officer = found[0].actor()
    return Actor(
        label=f"{officer.label} · {program.label}",
        user_id=officer.user_id,
        organisation_id=program.organisation_id,
        organisation_name=program.organisation_name,
        permissions=officer.permissions & program.permissions,
        client_id=program.client_id,
    )
