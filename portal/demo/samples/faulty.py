"""A declaration as it should not be: the faults of a long Friday, all of them readable."""

from datetime import date
from decimal import Decimal

from declarations.wco import Declaration, Quantity
from portal.demo.georgia import TRADER
from portal.demo.samples.build import (
    Carriage,
    Goods,
    Paper,
    Sale,
    declaration,
    imported,
    money,
)
from portal.demo.samples.parties import OLIVE_OIL


def olive_oil(today: date) -> Declaration:
    """Five faults: item count, invoice sum, a container digit, a commodity code, a net mass."""
    boxes = {"SEGU1504827": ("TR9002117",)}
    made = imported(OLIVE_OIL, TRADER, declaration(
        type_code="IMA", lrn="KFF-2026-0427", office="GE000103", today=today, declarant=TRADER,
        sent_from="TR", sent_to="GE", procedure=("40", "00"),
        travel=Carriage("3", "09 AKL 417", "TR", seals=boxes, contained=True),
        sale=Sale("AZT-2026-7718", "EUR", "CPT", "Batumi"),
        goods=(
            Goods(
                "150920", "Extra virgin olive oil, first cold pressing, in bottles of 1 litre",
                "TR", net="9160", gross="11840", price="52000.00", packages=834, package="CT",
                marks="AYDIN EVOO", quantity="9160", unit="KGM",
                papers=(Paper("730", "CMR TR 7733018"), Paper("861", "TR 26 554120")),
            ),
            Goods(
                "150999", "Olive oil, blended, in tins of 5 litres",
                "TR", net="4600", gross="4180", price="19800.00", packages=250, package="CT",
                marks="AYDIN BLEND",
            ),
        ),
    ))
    made.GoodsItemQuantity = Quantity(Decimal(3))
    made.InvoiceAmount = money("78100.00", "EUR")
    return made
