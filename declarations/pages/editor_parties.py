"""The address book within the declaration form: find, fill in, keep. Works without scripts.

Each party of the form has three sorts of buttons: ``book`` looks into the book, ``fill`` takes one
of those found, ``keep_party`` puts the party into the book.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from declarations.address_book import keeping
from declarations.address_book.models import Party
from declarations.forms.header import HeaderForm
from declarations.forms.typed import Typed
from portal.accounts.actors import Actor

SHOWN = 8
BUTTONS = ("book", "fill", "keep_party")


@dataclass(frozen=True, slots=True)
class Opened:
    """What the book shows below one party of the form."""

    prefix: str
    asked: str = ""
    found: list[Party] = field(default_factory=list)
    more: bool = False
    told: str = ""
    party: Party | None = None


def act(actor: Actor, kind: str, typed: Typed, post: Mapping[str, str]) -> Opened | None:
    """Do what the pressed button asks; None if it is none of the address book's."""
    button = next((name for name in BUTTONS if post.get(name)), None)
    if button is None:
        return None
    prefix, _colon, chosen = post[button].partition(":")
    if f"{prefix}_line" not in HeaderForm.names(kind):
        return None
    if button == "keep_party":
        kept = keeping.keep(actor, typed.header, prefix)
        return Opened(prefix, told=kept.told, party=kept.party)
    if button == "fill":
        pk = _uuid(chosen)
        party = Party.objects.owned_by(actor).filter(pk=pk).first() if pk is not None else None
        if party is not None:
            keeping.fill(typed.header, prefix, party)
            return Opened(prefix, told=_("%(name)s is filled in.") % {"name": party.name})
    asked = post.get(f"book_q_{prefix}", "").strip()[:80]
    found = list(Party.objects.owned_by(actor).matching(asked)[: SHOWN + 1])
    return Opened(prefix, asked, found[:SHOWN], len(found) > SHOWN)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
