"""``manage.py install_profile ZIP_OR_FOLDER``: put in a message profile made of somebody's XSDs."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from declarations.profiles.archive import MAX_ARCHIVE_BYTES, pack
from declarations.profiles.install import install
from declarations.profiles.plan import Plan, examine
from declarations.profiles.store import today
from declarations.wco import MessageKind
from declarations.wco.foreign import SchemasRefused
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation
from portal.accounts.roles import Permission

COMMAND_LINE = Actor("command line", permissions=frozenset({Permission.ADMINISTER}))
KINDS = ", ".join(MessageKind)


class Command(BaseCommand):
    """Installs the profile, or says everything that is wrong and keeps nothing (exit status 1)."""

    help = "Install a message profile from a zip or folder of XSD files. See docs/profiles.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path, metavar="ZIP_OR_FOLDER")
        parser.add_argument("--name", required=True, help="as in ?profile=NAME, such as uk-dms")
        parser.add_argument("--version", required=True, dest="profile_version")
        parser.add_argument("--title", default="", help="what it is called, for people")
        parser.add_argument("--from", type=date.fromisoformat, default=None, dest="valid_from",
                            metavar="DATE", help="first day in force (today)")
        parser.add_argument("--to", type=date.fromisoformat, default=None, dest="valid_to",
                            metavar="DATE", help="last day in force (no end)")
        parser.add_argument("--kind", type=_pair, action="extend", nargs="+", default=[],
                            metavar="KIND=ROOT.xsd", help=f"root schema of a kind: {KINDS}")
        parser.add_argument("--response", metavar="ROOT.xsd", help="short for --kind response=")
        parser.add_argument("--types", "--type", type=_pair, action="extend", nargs="+", default=[],
                            metavar="CODE=KIND",
                            help="which kind a Declaration/TypeCode that begins so stands for")
        parser.add_argument("--names", type=Path, metavar="FILE.json",
                            help="JSON object: their element name (or Class/name) to the dataset's")
        parser.add_argument("--organisation", action="extend", nargs="+", default=[], metavar="ID",
                            help="who may file with it: trader number or id (nobody by default)")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be wrong")

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """``--version`` is the profile's: Django's own option of that name gives way."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def handle(self, *args: Any, **options: Any) -> None:
        plan = _plan(options)
        archive = _archive(options["source"])
        try:
            if options["dry_run"]:
                examined = examine(plan, archive)
                self.stdout.write(
                    f"{plan.name} {plan.version} could be installed: "
                    f"{examined.schema_count} schema files")
                return
            installed = install(COMMAND_LINE, plan, archive)
        except SchemasRefused as refused:
            lines = "\n".join(f"  {fault}" for fault in refused.faults)
            raise CommandError(f"Nothing was installed.\n{lines}") from None
        until = f" to {plan.valid_to}" if plan.valid_to else ""
        self.stdout.write(
            f"Installed {installed} ({installed.sha256[:12]}), in force from {plan.valid_from}"
            f"{until}; {len(plan.organisations)} organisations may file with it.")


def _pair(text: str) -> tuple[str, str]:
    left, equals, right = text.partition("=")
    if not equals or not left or not right:
        raise ArgumentTypeError(f"{text!r} is not of the form LEFT=RIGHT")
    return left, right


def _kind(text: str) -> MessageKind:
    try:
        return MessageKind(text)
    except ValueError:
        raise CommandError(f"{text!r} is no kind of message. Use one of: {KINDS}.") from None


def _plan(options: dict[str, Any]) -> Plan:
    entries = {_kind(kind): entry for kind, entry in options["kind"]}
    if options["response"]:
        entries[MessageKind.RESPONSE] = options["response"]
    return Plan(
        name=options["name"],
        version=options["profile_version"],
        title=options["title"],
        valid_from=options["valid_from"] or today(),
        valid_to=options["valid_to"],
        entries=entries,
        names=_names(options["names"]),
        type_codes={code: _kind(kind) for code, kind in options["types"]} or None,
        organisations=tuple(map(_organisation, options["organisation"])),
    )


def _names(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        names = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}") from error
    if not isinstance(names, dict) or not all(isinstance(ours, str) for ours in names.values()):
        raise CommandError(f"{path} must hold one JSON object of names to names.")
    return names


def _organisation(text: str) -> Organisation:
    which = Q(identifier=text)
    with suppress(ValueError):
        which |= Q(pk=UUID(text))
    organisation = Organisation.objects.filter(which).first()
    if organisation is None:
        raise CommandError(f"No organisation has the trader number or id {text!r}.")
    return organisation


def _archive(source: Path) -> bytes:
    try:
        if source.is_dir():
            return pack(source)
        with source.open("rb") as file:
            return file.read(MAX_ARCHIVE_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{source}: {error.strerror}") from error
    except SchemasRefused as refused:
        raise CommandError(f"Nothing was installed.\n  {refused}") from None
