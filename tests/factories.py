"""What tests need to exist: organisations, people, agencies and messages worth filing."""

from __future__ import annotations

import copy
import itertools
from typing import TYPE_CHECKING, Any

from portal.accounts.actors import Actor
from portal.accounts.models import Membership, Organisation, User
from portal.accounts.roles import OrganisationKind, Role

if TYPE_CHECKING:
    from agencies.models import Agency
    from declarations.models import Declaration

_numbers = itertools.count(100_000_001)


def make_organisation(kind: OrganisationKind = OrganisationKind.TRADER, **fields: Any) -> Organisation:
    """An organisation with a number of its own; ``fields`` override."""
    number = str(next(_numbers))
    values = {"name": f"Organisation {number}", "identifier": number, "country": "GE",
              "city": "Tbilisi", "address": "1 Rustaveli Avenue", "postcode": "0108"}
    return Organisation.objects.create(kind=kind, **(values | fields))


def make_user(name: str = "", **fields: Any) -> User:
    """A person who signs in with the password ``demo``."""
    name = name or f"person-{next(_numbers)}"
    return User.objects.create_user(name, f"{name}@example.org", "demo", **fields)


def make_member(
    organisation: Organisation, role: Role = Role.DECLARANT, name: str = ""
) -> tuple[User, Actor]:
    """A person with ``role`` in ``organisation``, and the actor that this makes."""
    user = make_user(name)
    return user, Membership.objects.create(user=user, organisation=organisation, role=role).actor()


def make_agency(code: str = "customs", **fields: Any) -> Agency:
    """An agency with one queue, which has the agency's code."""
    from agencies.models import Agency, Queue

    name = fields.pop("name", code.replace("-", " ").capitalize())
    organisation = make_organisation(OrganisationKind.AGENCY, name=name)
    agency = Agency.objects.create(organisation=organisation, code=code, name=name, **fields)
    Queue.objects.create(agency=agency, code=code, name="General")
    return agency


def make_officer(
    agency: Agency, role: Role = Role.OFFICER, name: str = ""
) -> tuple[User, Actor]:
    return make_member(agency.organisation, role, name)


def run_pipeline(declaration: Declaration) -> Declaration:
    """Do at once what a worker would do with a filed declaration, and return it as it is then."""
    from portal.pipeline import process

    process(str(declaration.pk))
    declaration.refresh_from_db()
    return declaration
