"""How fast a message is judged, against lxml alone doing the same: ``python -m bench.validation``.

*Raw lxml* parses the bytes and validates the tree with a schema that was compiled before. *Verdict*
is ``wco.validate``: the bounds on size, encoding, DOCTYPE and shape, then the same. *Full check* is
what a worker does with a sound message: verdict, typed dataset, every business rule and the columns
that lists and routing need, set on a row loaded before. Each figure is the best of many rounds, in
which the three take turns, so that a busy machine troubles them alike. Exit code 1 if the verdict's
promise is not kept.
"""

import os
import sys
import time
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal

from lxml import etree

VERDICT = 1.5
"""The promise: at most so many times raw lxml."""
FULL = 5.0
"""The goal of the full check. In a message of one item the rules that ask what is absent weigh most."""
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
"""How long each message is measured."""
SIZES = (("4 KB", 1), ("44 KB", 36), ("999 items", 999))


def main() -> int:
    # The projection is a model's; nothing here opens the database that its settings must name.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ |= {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "PORTAL_TESTING": "1"}
    import django

    django.setup()
    print("Judging a message: parse and validate with raw lxml, and what the portal makes of it")
    print(f"{'message':<11}{'bytes':>10}{'raw lxml':>12}{'verdict':>12}{'ratio':>7}"
          f"{'full check':>13}{'ratio':>7}")
    kept = reached = True
    for name, items in SIZES:
        body = message(items)
        raw, verdict, full = _measure(body)
        kept = kept and verdict <= VERDICT * raw
        reached = reached and full <= FULL * raw
        print(f"{name:<11}{len(body):>10}{raw:>9.3f} ms{verdict:>9.3f} ms{verdict / raw:>7.2f}"
              f"{full:>10.3f} ms{full / raw:>7.2f}")
    print(f"promise, verdict within {VERDICT} times: {'kept' if kept else 'NOT kept'}")
    print(f"goal, full check within {FULL} times: {'reached' if reached else 'not reached'}")
    return 0 if kept else 1


def message(items: int) -> bytes:
    """A sound import of so many items, no two of them the same."""
    from declarations import wco
    from tests.factories import wine_dataset

    made = wco.from_json(wine_dataset())
    assert made.GoodsShipment and made.InvoiceAmount and made.TotalGrossMassMeasure
    first = made.GoodsShipment.GovernmentAgencyGoodsItem[0]
    made.GoodsShipment.GovernmentAgencyGoodsItem = several = [deepcopy(first) for _ in range(items)]
    for number, item in enumerate(several, 1):
        item.SequenceNumeric = number
        assert item.Commodity and item.Commodity.GoodsMeasure
        item.Commodity.Description = f"Red grape wine of lot {number} in bottles of 0.75 litres"
    made.GoodsItemQuantity = wco.Quantity(Decimal(items))
    for total in ("InvoiceAmount", "TotalGrossMassMeasure", "TotalPackageQuantity"):
        one = getattr(made, total)
        unit = {name: getattr(one, name) for name in one.__slots__ if name != "value"}
        setattr(made, total, type(one)(one.value * items, **unit))
    return wco.to_xml(made, wco.get_profile("carec"), country="GE")


def _measure(body: bytes) -> tuple[float, float, float]:
    """Milliseconds of raw lxml, verdict and full check."""
    from declarations import wco
    from declarations.models import Declaration
    from declarations.projection import project
    from declarations.rules import RuleContext, check

    profile = wco.get_profile("carec")
    schema = etree.XMLSchema(file=str(profile.kinds[wco.MessageKind.IMPORT].entry))
    context = RuleContext("GE", date.today())

    row = Declaration()

    def raw() -> None:
        assert schema.validate(etree.fromstring(body))

    def verdict() -> wco.Verdict:
        given = wco.validate(body, profile)
        assert given.accepted, given.faults
        return given

    def full() -> None:
        read = verdict().message
        assert read is not None
        dataset = wco.from_xml(read.root, profile)
        faults = check(dataset, context)
        assert not [fault for fault in faults if fault.severity == wco.Severity.ERROR], faults
        project(row, dataset)

    works: tuple[Callable[[], object], ...] = (raw, verdict, full)
    best = [float("inf")] * len(works)
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        for at, work in enumerate(works):
            begun = time.perf_counter()
            work()
            best[at] = min(best[at], (time.perf_counter() - begun) * 1000)
    return best[0], best[1], best[2]


if __name__ == "__main__":
    sys.exit(main())
