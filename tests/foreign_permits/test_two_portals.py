"""Georgia's permit used in Azerbaijan: two real portals, and a line between that goes down."""

import json
import subprocess
import sys
from collections.abc import Callable

from django.conf import settings

from tests.faults.conftest import neighbours  # noqa: F401
from tests.faults.portals import Neighbours, Portal
from tests.worker import until


def inside(portal: Portal, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.foreign_permits.inside", *arguments],
        cwd=settings.BASE_DIR, env=portal.environment, check=True, stdout=subprocess.PIPE,
    )
    answer: str = json.loads(done.stdout)
    return answer


def test_reserved_released_and_written_off_across_the_border(
    neighbours: Callable[..., Neighbours],  # noqa: F811
) -> None:
    both = neighbours("permits")
    georgia, azerbaijan = both.both
    both.meet()
    both.start()
    number = inside(georgia, "issue", "100")
    declaration = inside(azerbaijan, "declare", number, "30")

    def balance() -> list[int]:
        rows = georgia.query("SELECT reserved_quantity, used_quantity FROM agencies_permitline")
        return [int(value) for row in rows for value in row]

    def answer() -> str:
        both.unsent()  # nudges both
        rows = azerbaijan.query("SELECT said, answer FROM exchange_foreignuse")
        return " ".join(rows[0]) if rows else ""

    until(lambda: answer() == "reserved use_granted", 90)
    assert balance() == [30, 0]
    georgia.line.down()
    assert inside(azerbaijan, "release", declaration) == ""
    assert answer() == "written_off use_waiting" and balance() == [30, 0]
    georgia.line.up()
    until(lambda: answer() == "written_off use_granted", 90)
    assert balance() == [0, 30]
