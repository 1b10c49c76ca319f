"""``manage.py validate_message FILE…``: check message files as the portal would.

No database is needed, except by ``--profile`` for the profiles that were installed into it.
"""

from __future__ import annotations

import importlib
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from declarations.wco import (
    Fault,
    Layer,
    MessageKind,
    Profile,
    SchemaUnusable,
    Severity,
    UnknownProfile,
    Verdict,
    from_xml,
    get_profile,
    validate,
    validate_with_schema,
)
from declarations.wco.reader import MAX_BYTES


class Command(BaseCommand):
    """Exit status 0 where every file is accepted, 1 where any is refused."""

    help = "Check message files against a profile (and its business rules) or one schema."
    requires_system_checks: tuple[str, ...] = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--profile", default="carec", help="profile in force today")
        which.add_argument("--schema", type=Path, help="an XSD; only layers up to xsd run")
        parser.add_argument("--kind", choices=[kind.value for kind in MessageKind],
                            help="the kind that is due; without it a message says so itself")
        parser.add_argument("--json", action="store_true", help="one JSON object per file")
        parser.add_argument("files", nargs="+", metavar="FILE", help="message file")

    def handle(self, *args: Any, **options: Any) -> None:
        schema: Path | None = options["schema"]
        profile = _profile(options["profile"])
        kind = MessageKind(options["kind"]) if options["kind"] else None
        refused = False
        for name in options["files"]:
            verdict = _check(_read(name), profile, schema, kind)
            refused = refused or not verdict.accepted
            self.stdout.write(
                _as_json(name, verdict) if options["json"] else _as_line(name, verdict)
            )
        if refused:
            self.stdout.flush()
            sys.exit(1)


def _profile(name: str) -> Profile:
    """One that comes with the portal, or one that was installed in its database."""
    try:
        return get_profile(name)
    except UnknownProfile:
        from declarations.profiles import store  # late: it opens the database
    try:
        return store.find(name)
    except (UnknownProfile, DatabaseError) as error:
        raise CommandError(str(error)) from error


def _read(name: str) -> bytes:
    """The file's bytes; one more than is taken is enough to refuse it for its size."""
    try:
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}") from error


def _check(
    body: bytes, profile: Profile, schema: Path | None, kind: MessageKind | None
) -> Verdict:
    if schema is not None:
        try:
            return validate_with_schema(body, schema)
        except SchemaUnusable as error:
            raise CommandError(str(error)) from error
    verdict = validate(body, profile, kind)
    if not verdict.accepted or verdict.message is None or verdict.kind is MessageKind.RESPONSE:
        return verdict
    verdict.faults = business_faults(from_xml(verdict.message.root, profile), profile.name)
    if any(fault.severity is Severity.ERROR for fault in verdict.faults):
        verdict.accepted, verdict.layer = False, Layer.RULE
    return verdict


def business_faults(declaration: Any, profile: str) -> list[Fault]:
    """What the business rules find, where the portal has them."""
    try:
        rules = importlib.import_module("declarations.rules")
    except ModuleNotFoundError as error:
        if error.name != "declarations.rules":
            raise
        return []
    check = getattr(rules, "check", None)
    return list(check(declaration, profile=profile)) if check is not None else []


def _as_json(name: str, verdict: Verdict) -> str:
    return json.dumps(
        {
            "file": name,
            "verdict": "accept" if verdict.accepted else "reject",
            "layer": verdict.layer.value if verdict.layer else None,
            "errors": [fault.to_dict() for fault in verdict.faults],
        },
        ensure_ascii=False,
    )


def _as_line(name: str, verdict: Verdict) -> str:
    if verdict.accepted:
        return f"{name}: accept"
    said = "; ".join(
        f"{fault.path}: {fault.message}" if fault.path else fault.message
        for fault in verdict.faults[:5]
    )
    more = f" (and {len(verdict.faults) - 5} more)" if len(verdict.faults) > 5 else ""
    return f"{name}: reject [{verdict.layer}] {said}{more}"
