"""Organisations, agencies and sign-ins of a demo country. Safe to run again."""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Agency, Queue
from declarations.states import Kind
from portal.accounts.mandates import Mandate
from portal.accounts.models import Membership, Organisation, User
from portal.demo.cast import Body, Country, Person

PASSWORD = "demo"  # the sign-in page refuses it unless the demo flag is set


def seed_people(country: Country) -> dict[str, Queue]:
    """Make or update everyone; returns the agencies' queues by the agency's code."""
    organisations = {body.identifier: _organisation(body) for body in country.bodies}
    for person in country.people:
        _person(person, organisations[person.organisation])
    for trader in (country.trader, *country.others):
        _mandate(organisations[trader.identifier], organisations[country.broker.identifier])
    queues = {}
    for office in country.offices:
        agency, _ = Agency.objects.update_or_create(
            code=office.code,
            defaults={
                "organisation": organisations[office.body.identifier],
                "name": office.body.name,
                "mandate": office.mandate,
            },
        )
        queues[office.code], _ = Queue.objects.update_or_create(
            code=office.code,
            defaults={
                "agency": agency, "name": office.queue, "service_hours": office.service_hours
            },
        )
    return queues


def _organisation(body: Body) -> Organisation:
    organisation, _ = Organisation.objects.update_or_create(
        identifier=body.identifier,
        defaults={
            "kind": body.kind,
            "name": body.name,
            "country": body.country,
            "city": body.city,
            "address": body.address,
            "postcode": body.postcode,
        },
    )
    return organisation


def _mandate(trader: Organisation, broker: Organisation) -> None:
    """The trader lets the broker file for it, unless they have an agreement of any kind."""
    if Mandate.objects.filter(principal=trader, representative=broker).exists():
        return
    now = timezone.now()
    Mandate.objects.create(
        principal=trader, representative=broker, kinds=[str(kind) for kind in Kind],
        valid_from=now.date() - timedelta(days=30), valid_to=now.date() + timedelta(days=700),
        granted_at=now,
    )


def _person(person: Person, organisation: Organisation) -> None:
    rules_all = person.username == "admin"
    user, created = User.objects.update_or_create(
        username=person.username,
        defaults={
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": f"{person.username}@example.org",
            "is_staff": rules_all,
            "is_superuser": rules_all,
        },
    )
    if created:
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    Membership.objects.update_or_create(
        user=user, organisation=organisation, defaults={"role": person.role}
    )
