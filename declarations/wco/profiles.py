"""Profiles: which schemas, code lists and element names a message follows, and from when.

``get_profile`` finds the version in force on a date. ``carec`` is built in; a further one is made
from a folder of XSDs by ``foreign.profile_from_folder`` and put in with ``register``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from . import codes
from .codes import ClosedList
from .kinds import TYPE_CODE_PREFIXES, MessageKind


class UnknownProfile(LookupError):
    """No profile of that name is in force on that date."""


@dataclass(frozen=True, slots=True)
class SchemaSet:
    """The schema of one kind: its entry file; what it includes lies beside or below it."""

    entry: Path


@dataclass(frozen=True, slots=True)
class Namespaces:
    """Namespaces of a profile. ``moment`` is that of the ``DateTimeString`` in a declaration,
    ``response_moment`` in a response; empty means the namespace of the message itself."""

    metadata: str
    declaration: str
    response: str = ""
    moment: str = ""
    response_moment: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """One version of a message profile.

    ``names`` maps a profile's element names, where they differ, to ours: either a local name
    (``"Trader"``) or a class and local name (``"GoodsShipment/Trader"``) to a field name.
    ``type_codes`` maps the beginning of Declaration/TypeCode to the kind.
    """

    name: str
    version: str
    valid_from: date
    valid_to: date | None
    kinds: Mapping[MessageKind, SchemaSet]
    namespaces: Namespaces
    code_lists: Mapping[str, ClosedList] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    type_codes: Mapping[str, MessageKind] = field(default_factory=lambda: TYPE_CODE_PREFIXES)
    data_model_version: str = "3.6"
    customization: str = ""
    plans: dict[type, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """How each group is read, worked out once by ``xml_form``."""

    def kind_of(self, type_code: str | None) -> MessageKind | None:
        """The kind that a Declaration/TypeCode stands for, or None."""
        # The longest beginning counts: CO may be an import where COR is an amendment.
        for prefix in sorted(self.type_codes, key=len, reverse=True):
            if type_code and type_code.startswith(prefix) and self.type_codes[prefix] in self.kinds:
                return self.type_codes[prefix]
        return None

    def field_name(self, cls: type, local_name: str) -> str:
        """The dataset field that an element of this profile fills."""
        return self.names.get(f"{cls.__name__}/{local_name}") or self.names.get(
            local_name, local_name
        )

    def local_name(self, cls: type, field_name: str) -> str:
        """The element of this profile that a dataset field is written to."""
        generic = field_name
        for theirs, ours in self.names.items():
            if ours != field_name:
                continue
            owner, _, name = theirs.rpartition("/")
            if owner == cls.__name__:
                return name
            if not owner:
                generic = name
        return generic

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


SCHEMAS = Path(__file__).parent / "schemas"
CAREC_KINDS = tuple(kind for kind in MessageKind if kind is not MessageKind.AMENDMENT)

CAREC = Profile(
    name="carec",
    version="1.0",
    valid_from=date(2020, 1, 1),
    valid_to=None,
    kinds={kind: SchemaSet(SCHEMAS / "carec-1.0" / f"{kind.value}.xsd") for kind in CAREC_KINDS},
    namespaces=Namespaces(
        "urn:carec:sw:metadata:1", "urn:carec:sw:declaration:1", "urn:carec:sw:response:1"
    ),
    code_lists={
        codelist.name: codelist
        for codelist in vars(codes).values()
        if isinstance(codelist, ClosedList)
    },
    customization="CAREC",
)

_registry: dict[tuple[str, str], Profile] = {}
_lock = Lock()


def register(profile: Profile) -> None:
    """Put a profile in, or replace the same version of it."""
    with _lock:
        _registry[profile.name, profile.version] = profile


def unregister(name: str, version: str) -> None:
    """Take a profile version out, if it is there."""
    with _lock:
        _registry.pop((name, version), None)


def get_profile(name: str = "carec", on: date | None = None) -> Profile:
    """The version of ``name`` in force on ``on`` (today, UTC, by default).

    Where several are, the one that came into force last. Raises UnknownProfile.
    """
    day = on or datetime.now(UTC).date()
    with _lock:
        found = [p for p in _registry.values() if p.name == name and p.in_force(day)]
    if not found:
        raise UnknownProfile(f"No profile {name!r} is in force on {day}")
    return max(found, key=lambda profile: (profile.valid_from, profile.version))


def profiles() -> list[Profile]:
    """Every registered profile version."""
    with _lock:
        return sorted(_registry.values(), key=lambda p: (p.name, p.valid_from))


register(CAREC)
