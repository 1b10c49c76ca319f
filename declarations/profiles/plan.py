"""What an administrator wants to install, and everything that can be said against it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation import gettext_noop as _

from declarations import wco
from declarations.profiles import store
from declarations.profiles.archive import Archive, open_archive
from declarations.profiles.models import InstalledProfile
from declarations.profiles.trial import compiles_in_bounds
from declarations.wco import Declaration, MessageKind, Response, Verdict, dataset
from declarations.wco.foreign import SchemaFault, Schemas, SchemasRefused, read_schemas
from declarations.wco.kinds import TYPE_CODE_PREFIXES
from declarations.wco.model import elements
from portal.accounts.models import Organisation

NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
TYPE_CODE = re.compile(r"[A-Za-z0-9]{1,17}")
# COR asks to change a declaration; the profile that comes with the portal has no such message.
DEFAULT_TYPE_CODES = TYPE_CODE_PREFIXES | {"COR": MessageKind.AMENDMENT}
# Of the types that the dataset knows as one value.
_INSIDE_VALUES = frozenset({"DateTimeString"})


@dataclass(frozen=True, slots=True)
class Plan:
    """A profile to install. ``type_codes``: beginnings of Declaration/TypeCode; None for the
    usual ones. ``names``: their element name, or ``Class/name``, to ours."""

    name: str
    version: str
    valid_from: date
    entries: Mapping[MessageKind, str]
    valid_to: date | None = None
    title: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    type_codes: Mapping[str, MessageKind] | None = None
    organisations: tuple[Organisation, ...] = ()

    @property
    def codes(self) -> dict[str, MessageKind]:
        """The type codes given, or else the usual ones of the kinds that it has."""
        if self.type_codes is not None:
            return dict(self.type_codes)
        return {c: kind for c, kind in DEFAULT_TYPE_CODES.items() if kind in self.entries}


@dataclass(frozen=True, slots=True)
class Examined:
    """A plan that can be installed. ``unmapped``: elements that the dataset does not know, which
    stay in the message only. ``replaces``: the version that it follows in force."""

    plan: Plan
    profile: wco.Profile
    schema_count: int
    unmapped: tuple[str, ...]
    replaces: InstalledProfile | None
    trial: Verdict | None = None
    sample: Declaration | None = None


@contextmanager
def opened(archive: bytes) -> Iterator[tuple[Archive, Schemas]]:
    """The checked schemas of a zip in a folder that is gone afterwards. Raises SchemasRefused."""
    files = open_archive(archive)
    with TemporaryDirectory(prefix="profile-") as folder:
        files.write(Path(folder))
        yield files, read_schemas(Path(folder))


def examine(plan: Plan, archive: bytes, sample: bytes | None = None) -> Examined:
    """Do everything that installing does, but keep nothing. Raises SchemasRefused.

    ``sample``: a message to validate and read by the profile, as a trial.
    """
    if faults := [*_faults(plan)]:
        raise SchemasRefused(faults)
    with opened(archive) as (_files, schemas):
        known = set(schemas.names())
        compiles_in_bounds(schemas.root, (e for e in plan.entries.values() if e in known))
        profile = wco.profile_from_folder(
            plan.name, plan.version, schemas.root, plan.entries, plan.valid_from,
            valid_to=plan.valid_to, names=plan.names, type_codes=plan.codes, schemas=schemas,
        )
        trial = wco.validate(sample, profile) if sample else None
        return Examined(
            plan, profile, len(schemas.documents),
            tuple(unmapped(schemas.element_names(plan.entries.values()), plan.names)),
            InstalledProfile.objects.without_archive().in_force(plan.valid_from)
            .filter(name=plan.name).first(),
            trial,
            wco.from_xml(trial.message.root, profile) if trial and trial.message else None,
        )


def unmapped(found: set[str], names: Mapping[str, str] | None = None) -> list[str]:
    """Those element names that neither the dataset knows nor ``names`` maps."""
    mapped = {name.rpartition("/")[2] for name in names or {}}
    ours = set().union(*dataset_names().values())
    tops = {"MetaData", "Declaration", "Response"}
    return sorted(found - ours - mapped - tops - _INSIDE_VALUES)


@cache
def dataset_names() -> dict[str, frozenset[str]]:
    """The names of the dataset's elements by the name of the class that they stand in."""
    found: dict[str, frozenset[str]] = {}
    seen: set[type] = set()
    waiting: list[type] = [Declaration, Response, dataset.MetaData]
    while waiting:
        cls = waiting.pop()
        if cls in seen:
            continue
        seen.add(cls)
        inside = list(elements(cls))
        # Two classes may share a name, as the consignments of a declaration and of a shipment do.
        names = frozenset(element.name for element in inside)
        found[cls.__name__] = found.get(cls.__name__, frozenset()) | names
        waiting.extend(element.group for element in inside if element.group is not None)
    return found


def _faults(plan: Plan) -> Iterator[SchemaFault]:
    yield from _faults_of_name(plan)
    if plan.valid_to is not None and plan.valid_to < plan.valid_from:
        yield SchemaFault(
            "SW-PROFILE-DATES",
            _("The last day, %(last)s, is before the first, %(first)s. Correct one of them."),
            {"last": plan.valid_to.isoformat(), "first": plan.valid_from.isoformat()})
    yield from _faults_of_types(plan)
    yield from _faults_of_mapping(plan.names)


def _faults_of_name(plan: Plan) -> Iterator[SchemaFault]:
    if not NAME.fullmatch(plan.name):
        yield SchemaFault(
            "SW-PROFILE-NAME",
            _("“%(name)s” cannot be the name of a profile. Use 3 to 40 small Latin letters, "
              "figures and hyphens, as in uk-dms."), {"name": plan.name[:60]})
    if plan.name in store.built_in():
        yield SchemaFault(
            "SW-PROFILE-BUILT-IN",
            _("“%(name)s” comes with the portal. Give the profile another name."),
            {"name": plan.name})
    if not VERSION.fullmatch(plan.version):
        yield SchemaFault(
            "SW-PROFILE-VERSION",
            _("“%(version)s” cannot be a version. Use up to 20 Latin letters, figures, dots and "
              "hyphens."), {"version": plan.version[:60]})
    elif InstalledProfile.objects.filter(name=plan.name, version=plan.version).exists():
        yield SchemaFault(
            "SW-PROFILE-THERE",
            _("Version %(version)s of %(name)s is installed already, and declarations may have "
              "been filed with it. Install the change as a new version."),
            {"name": plan.name, "version": plan.version})


def _faults_of_types(plan: Plan) -> Iterator[SchemaFault]:
    for code, kind in plan.codes.items():
        if not TYPE_CODE.fullmatch(code):
            yield SchemaFault(
                "SW-PROFILE-TYPE",
                _("“%(code)s” cannot begin a Declaration/TypeCode. Use Latin letters and figures."),
                {"code": code[:40]})
        elif kind not in plan.entries:
            yield SchemaFault(
                "SW-PROFILE-TYPE",
                _("The type “%(code)s” stands for the kind “%(kind)s”, which has no root schema. "
                  "Choose one, or leave the type out."), {"code": code, "kind": kind.value})
    for kind in plan.entries:
        if kind is not MessageKind.RESPONSE and kind not in plan.codes.values():
            yield SchemaFault(
                "SW-PROFILE-KIND",
                _("No type code stands for the kind “%(kind)s”, so no message could be recognised "
                  "as one. Say how its Declaration/TypeCode begins."), {"kind": kind.value})


def _faults_of_mapping(names: Mapping[str, str]) -> Iterator[SchemaFault]:
    by_class = dataset_names()
    everywhere = set().union(*by_class.values())
    for theirs, ours in names.items():
        owner, slash, _name = theirs.rpartition("/")
        if slash and owner not in by_class:
            yield SchemaFault(
                "SW-PROFILE-MAP", _("The dataset has no class “%(owner)s”, which the mapping of "
                                    "“%(name)s” names."), {"owner": owner, "name": theirs[:80]})
        elif ours not in (by_class[owner] if slash else everywhere):
            yield SchemaFault(
                "SW-PROFILE-MAP",
                _("“%(name)s” is mapped to “%(ours)s”, which the dataset does not have there. Use "
                  "a name of the data dictionary."), {"name": theirs[:80], "ours": str(ours)[:80]})
