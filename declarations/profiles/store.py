"""The profile in force, ready for use, in any process.

The database holds the record. A process unpacks a version once into a cache folder named by the
SHA-256 of its zip, and keeps the profile in memory. Which version is in force is asked of the
database each time: an installation reaches every process at once and none has to be told.
"""

import fcntl
import hashlib
import os
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from declarations import wco
from declarations.profiles.archive import Archive, open_archive
from declarations.profiles.models import InstalledProfile, ProfileGrant
from declarations.wco import MessageKind, UnknownProfile
from portal.accounts.actors import Actor


class StoreDamaged(RuntimeError):
    """The bytes in the database or in the cache are not those that were installed."""


def today() -> date:
    """The date by which a filing is judged: that of the portal's country."""
    return datetime.now(UTC).astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date()


def built_in() -> set[str]:
    """Names of the profiles that come with the portal; everyone may file with them."""
    return {profile.name for profile in wco.profiles()}


def find(reference: str, on: date | None = None) -> wco.Profile:
    """The version in force on ``on`` (today in the portal's time zone) of a profile.

    ``reference`` is a name, or ``name@version`` for one of several that are in force: while two
    versions overlap a sender chooses which it writes. Raises UnknownProfile.
    """
    name, _at, version = reference.partition("@")
    day = on or today()
    if name in built_in():
        profile = wco.get_profile(name, day)
        if version and version != profile.version:
            profile = _registered(name, version)
        if not profile.in_force(day):
            raise UnknownProfile(f"No profile {reference!r} is in force on {day}")
        return profile
    found = InstalledProfile.objects.in_force(day).without_archive().filter(name=name)
    installed = (found.filter(version=version) if version else found).first()
    if installed is None:
        raise UnknownProfile(f"No profile {reference!r} is in force on {day}")
    return load(installed)


def pinned(name: str, version: str) -> wco.Profile:
    """The very version that a declaration was filed with, in force or not. Raises UnknownProfile."""
    if name in built_in():
        return _registered(name, version)
    installed = (
        InstalledProfile.objects.without_archive().filter(name=name, version=version).first()
    )
    if installed is None:
        raise UnknownProfile(f"No profile {name!r} {version!r} is installed")
    return load(installed)


def may_file(actor: Actor, reference: str) -> bool:
    """Whether the actor's organisation may file with a profile."""
    name = reference.partition("@")[0]
    return name in built_in() or ProfileGrant.objects.of(actor).filter(name=name).exists()


def open_to(actor: Actor, on: date | None = None) -> list[str]:
    """Names of the profiles that the actor's organisation may file with on a day."""
    granted = ProfileGrant.objects.of(actor).values("name")
    installed = InstalledProfile.objects.in_force(on or today())
    return sorted(built_in() | set(installed.filter(name__in=granted).values_list("name", flat=True)))


def load(installed: InstalledProfile) -> wco.Profile:
    """An installed version as the WCO library uses it."""
    profile = _load(installed.pk, installed.valid_from, installed.valid_to)
    if all(schemas.entry.exists() for schemas in profile.kinds.values()):
        return profile
    _load.cache_clear()  # somebody has tidied the cache folder up
    return _load(installed.pk, installed.valid_from, installed.valid_to)


@lru_cache(maxsize=64)
def _load(pk: UUID, valid_from: date, valid_to: date | None) -> wco.Profile:
    """Once per process and version. The dates are those of the key: a changed end is another."""
    installed = InstalledProfile.objects.get(pk=pk)
    return wco.profile_from_folder(
        installed.name,
        installed.version,
        materialise(bytes(installed.archive), installed.sha256),
        {MessageKind(kind): entry for kind, entry in installed.entries.items()},
        valid_from,
        valid_to=valid_to,
        names=installed.names,
        type_codes={code: MessageKind(kind) for code, kind in installed.type_codes.items()},
    )


def materialise(archive: bytes, sha256: str) -> Path:
    """The folder with the zip's schemas: there whole, or not at all.

    Processes may do this at the same time: one unpacks aside and renames, the others wait and
    take that. A folder that has lost files is made anew. Raises StoreDamaged.
    """
    if hashlib.sha256(archive).hexdigest() != sha256:
        raise StoreDamaged(f"The zip of a profile no longer has the SHA-256 {sha256}")
    cache = _cache()
    folder = cache / sha256
    opened = open_archive(archive)
    if _holds(folder, opened):
        return folder
    with (cache / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _holds(folder, opened):  # somebody was faster
            return folder
        with TemporaryDirectory(prefix="new-", dir=cache) as aside:
            fresh = Path(aside) / "fresh"
            fresh.mkdir()
            opened.write(fresh)
            if folder.exists():
                folder.rename(Path(aside) / "spoilt")
            fresh.rename(folder)
    return folder


def _holds(folder: Path, opened: Archive) -> bool:
    return folder.is_dir() and all(
        _same(folder / name, body) for name, body in opened.schemas.items()
    )


def _same(path: Path, body: bytes) -> bool:
    try:
        return path.read_bytes() == body
    except OSError:
        return False


def _cache() -> Path:
    """The cache folder, which only this user may write to. Raises StoreDamaged."""
    cache = Path(settings.PROFILE_CACHE)
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = cache.stat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise StoreDamaged(f"{cache} can be written to by others: set PROFILE_CACHE")
    return cache


def _registered(name: str, version: str) -> wco.Profile:
    for profile in wco.profiles():
        if (profile.name, profile.version) == (name, version):
            return profile
    raise UnknownProfile(f"No profile {name!r} {version!r} is installed")
