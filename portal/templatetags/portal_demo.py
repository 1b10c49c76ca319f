"""The table of demo sign-ins on the sign-in page; empty unless the demo flag is set."""

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

from portal.accounts.models import Membership
from portal.accounts.roles import OrganisationKind

register = template.Library()

# In the order in which a visitor meets them.
DEMO_PEOPLE = (
    "trader", "manager", "broker", "customs", "customs2", "phyto", "vet", "cites", "radiation",
    "admin",
)


@register.simple_tag
def demo_people() -> list[dict[str, str]]:
    if not settings.DEMO:
        return []
    sees = {
        OrganisationKind.TRADER: _("Its declarations; files them"),
        OrganisationKind.BROKER: _("Files for its clients"),
        OrganisationKind.AGENCY: _("Its queue; approves and refuses"),
        OrganisationKind.OPERATOR: _("Exchange, routing rules, organisations"),
    }
    members = Membership.objects.filter(user__username__in=DEMO_PEOPLE).select_related(
        "user", "organisation"
    )
    people = {
        member.user.username: {
            "username": member.user.username,
            "organisation": member.organisation.name,
            "sees": str(sees[OrganisationKind(member.organisation.kind)]),
        }
        for member in members
    }
    return [people[name] for name in DEMO_PEOPLE if name in people]
