"""The actor: who does a thing, for which organisation, with which permissions.

Every domain verb takes an actor, so that a page, a token and a task are judged alike.
"""

from dataclasses import dataclass, field
from uuid import UUID

from portal.accounts.roles import Permission


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for an organisation, an API client, or the system itself."""

    label: str
    user_id: UUID | None = None
    organisation_id: UUID | None = None
    organisation_name: str = ""
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    # The API client behind it, also where that acts for a person.
    client_id: UUID | None = None

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def files(self) -> bool:
        return self.may(Permission.FILE)

    @property
    def reviews(self) -> bool:
        return self.may(Permission.REVIEW)

    @property
    def administers(self) -> bool:
        return self.may(Permission.ADMINISTER)


SYSTEM = Actor(label="system")
NOBODY = Actor(label="anonymous")
