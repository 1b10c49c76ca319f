"""Compile foreign schemas for the first time, in a process of their own that may be given up.

A schema can be made, or happen, to cost minutes or gigabytes (large ``maxOccurs`` inside each
other). Found out here, it takes no web worker with it, and none that would use it later.
"""

import resource
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from django.utils.translation import gettext_noop as _

from declarations.wco.foreign import SchemaFault, SchemasRefused

MAX_SECONDS = 20
MAX_MEMORY = 300 * 1024 * 1024  # of which the interpreter takes a tenth
# Where memory ends libxml2 may say that all is well, with half a schema. So what was used is
# judged, and this only stops it from taking more.
WALL = 4
_PROJECT = Path(__file__).resolve().parents[2]


def compiles_in_bounds(folder: Path, entries: Iterable[str]) -> None:
    """Return if the root schemas compile, or fail to, in time. Raises SchemasRefused otherwise."""
    for entry in sorted(set(entries)):
        try:
            done = subprocess.run(
                [sys.executable, "-m", "declarations.profiles.trial", str(folder / entry),
                 str(MAX_SECONDS), str(MAX_MEMORY)],
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


def _compile(entry: Path, seconds: int, memory: int) -> int:
    """The exit status: 0 for a schema that compiles, or that fails with a reason of its own."""
    from declarations.wco.schemas import SchemaUnusable, compile_schema

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (WALL * memory, WALL * memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        compile_schema(entry)
    except SchemaUnusable:  # said again, with its lines, by whoever asked
        pass
    return int(_most_used() > memory)


def _most_used() -> int:
    """Bytes at the peak. Not ``ru_maxrss``, in which Linux counts the parent that was forked."""
    status = Path("/proc/self/status")
    if not status.exists():  # macOS, where it is its own, in bytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = status.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    sys.exit(_compile(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
