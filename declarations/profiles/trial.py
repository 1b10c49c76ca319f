"""Compile foreign schemas for the first time, in a process of their own that may be given up.

A schema can be made, or happen, to cost minutes or gigabytes (large ``maxOccurs`` inside each
other). Found out here, it takes no web worker with it, and none that would use it later.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from django.utils.translation import gettext_noop as _

from declarations.wco.foreign import SchemaFault, SchemasRefused

MAX_SECONDS = 20
MAX_MEMORY = 1024 * 1024 * 1024
_PROJECT = Path(__file__).resolve().parents[2]


def compiles_in_bounds(folder: Path, entries: Iterable[str]) -> None:
    """Return if the root schemas compile, or fail to, in time. Raises SchemasRefused otherwise."""
    for entry in sorted(set(entries)):
        try:
            done = subprocess.run(
                [sys.executable, "-m", "declarations.profiles.trial", str(folder / entry)],
                cwd=_PROJECT, capture_output=True, timeout=2 * MAX_SECONDS, check=False,
            )
        except subprocess.TimeoutExpired:
            done = None
        if done is None or done.returncode:
            raise SchemasRefused([SchemaFault(
                "SW-SCHEMA-COSTLY",
                _("It takes more than %(seconds)s seconds or %(megabytes)s MB to compile. Look for "
                  "large numbers in maxOccurs and write “unbounded” instead."),
                {"seconds": MAX_SECONDS, "megabytes": MAX_MEMORY // 2**20}, entry)])


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limit()
    from declarations.wco.schemas import SchemaUnusable, compile_schema

    try:
        compile_schema(Path(sys.argv[1]))
    except SchemaUnusable as unusable:  # said again, with its lines, by whoever asked
        json.dump(str(unusable)[:500], sys.stdout)
        if "memory" in str(unusable).lower():
            sys.exit(1)
