"""Keeping parties: by hand, out of a declaration; one number stands for one party."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from declarations.address_book.models import Party
from portal.accounts.actors import Actor

# The fields of the book by the names that the form gives the parts of a party.
PARTS = {
    "name": "name", "id": "identifier", "line": "line", "postcode": "postcode", "city": "city",
    "country": "country",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of it, in words; ``party`` is the one in the book, None if there is none."""

    told: str
    party: Party | None = None
    made: bool = False


def keep(actor: Actor, header: Mapping[str, str], prefix: str) -> Kept:
    """Put a party of a declaration into the book. One with the same number is never overwritten."""
    assert actor.organisation_id is not None  # whoever may file acts for an organisation
    fields = {
        field: header.get(f"{prefix}_{part}", "").strip() for part, field in PARTS.items()
    }
    fields["country"] = fields["country"].upper()
    if not fields["name"]:
        return Kept(_("Write the name first; then it can be kept."))
    for field, text in fields.items():
        longest = Party.field(field).max_length or 0
        if len(text) > longest:
            return Kept(_("“%(value)s” is longer than %(count)s characters; shorten it first.") % {
                "value": text, "count": longest})
    if (there := _same(actor, fields)) is not None:
        return _told(there, fields)
    try:
        with transaction.atomic():
            party = Party.objects.create(organisation_id=actor.organisation_id, **fields)
    except IntegrityError:  # somebody was faster
        return _told(Party.objects.owned_by(actor).get(identifier=fields["identifier"]), fields)
    return Kept(_("%(name)s is in the address book now.") % {"name": party.name}, party, made=True)


def _same(actor: Actor, fields: dict[str, str]) -> Party | None:
    """The party with that number; of one without a number, that with the same name and address."""
    own = Party.objects.owned_by(actor)
    if fields["identifier"]:
        return own.filter(identifier=fields["identifier"]).first()
    return own.filter(**fields).first()


def _told(there: Party, fields: dict[str, str]) -> Kept:
    if all(getattr(there, field) == text for field, text in fields.items()):
        return Kept(_("%(name)s is in the address book already.") % {"name": there.name}, there)
    return Kept(_(
        "The address book has number %(number)s already, as %(name)s with other details. They were "
        "not changed; edit them in the address book if these are right."
    ) % {"number": there.identifier, "name": there.name}, there)


def fill(header: dict[str, str], prefix: str, party: Party) -> None:
    """Write a party of the book into a declaration's header, in place of what stood there."""
    for part, field in PARTS.items():
        header[f"{prefix}_{part}"] = getattr(party, field)
