"""Datasets and rules for the tests of this room."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from agencies.conditions import Condition, parse
from agencies.facts import Facts
from agencies.matcher import CompiledRule
from agencies.models import Agency, Queue, Rule, RuleSet
from agencies.states import ReviewKind, RuleSetStatus
from declarations import wco
from declarations.models import Declaration
from declarations.states import State
from portal.accounts.models import Organisation, User
from tests.factories import make_member, make_organisation, wine_dataset

_numbers = count(1)


def item(
    hs: str = "220421", origin: str | None = "AZ", *, regime: str = "40", value: str = "100",
    currency: str = "USD", gross: str = "10", documents: tuple[str, ...] = (),
) -> dict[str, Any]:
    return {
        "Commodity": {
            "Description": f"Goods of {hs}",
            "Classification": [{"ID": hs, "IdentificationTypeCode": "HS"}],
            "GoodsMeasure": {"GrossMassMeasure": {"value": gross, "unitCode": "KGM"}},
            "InvoiceLine": {"ItemChargeAmount": {"value": value, "currencyID": currency}},
        },
        "GovernmentProcedure": [{"CurrentCode": regime, "PreviousCode": "00"}],
        "Origin": [{"CountryCode": origin}] if origin else [],
        "AdditionalDocument": [{"TypeCode": code, "ID": f"{code}-1"} for code in documents],
    }


def dataset(*items: dict[str, Any], **fields: Any) -> wco.Declaration:
    """The wine import with other goods in it; ``fields`` replace elements of the declaration."""
    data = wine_dataset(**fields)
    if items:
        numbered = [{"SequenceNumeric": n, **one} for n, one in enumerate(items, 1)]
        data["GoodsShipment"]["GovernmentAgencyGoodsItem"] = numbered
    return wco.from_json(data)


def facts(*items: dict[str, Any], kind: str = "import", **fields: Any) -> Facts:
    return Facts(kind, dataset(*items, **fields))


def compiled(
    conditions: dict[str, Any] | Condition, *, agency: UUID | None = None, tier: int = 1,
    code: str = "",
) -> CompiledRule:
    condition = parse(conditions) if isinstance(conditions, dict) else conditions
    code = code or f"rule-{next(_numbers)}"
    return CompiledRule(
        id=uuid4(), code=code, title=code.capitalize(), legal_basis="", agency_id=agency or uuid4(),
        queue_id=uuid4(), tier=tier, review_kind="documentary", condition=condition,
    )


def make_rule_set(default: Queue, version: int = 1, **fields: Any) -> RuleSet:
    """Published and in force since now; add its rules before the first routing."""
    values = {"title": "Routing", "status": RuleSetStatus.PUBLISHED,
              "effective_from": timezone.now()}
    return RuleSet.objects.create(version=version, default_queue=default, **(values | fields))


def make_rule(
    rule_set: RuleSet, agency: Agency, conditions: dict[str, Any], *, tier: int = 1,
    queue: Queue | None = None, **fields: Any,
) -> Rule:
    code = fields.pop("code", f"{agency.code}-{next(_numbers)}")
    values = {"title": f"Rule {code}", "review_kind": ReviewKind.DOCUMENTARY}
    with without_triggers():
        return Rule.objects.create(
            rule_set=rule_set, code=code, queue=queue or agency.queues.get(), tier=tier,
            conditions=conditions, **(values | fields),
        )


@contextmanager
def without_triggers() -> Iterator[None]:
    """Inside, even a published rule set can be changed, for tests that need one just so."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")


def make_declaration(
    organisation: Organisation | None = None, filed_by: User | None = None, **fields: Any
) -> Declaration:
    """An accepted declaration, ready to be routed."""
    organisation = organisation or make_organisation()
    if filed_by is None:
        filed_by, _actor = make_member(organisation)
    number = next(_numbers)
    values = {
        "kind": "import", "state": State.ACCEPTED, "lrn": f"LRN-{number}",
        "mrn": f"26GE{number:014}", "importer": "Kakheti Fine Foods LLC",
        "goods": "Red grape wine in bottles", "hs_codes": ["220421"], "export_country": "AZ",
        "destination_country": "GE", "item_count": 1, "gross_mass_kg": Decimal(9800),
        "submitted_at": timezone.now(), "accepted_at": timezone.now(),
    }
    return Declaration.objects.create(
        organisation=organisation, filed_by=filed_by, **(values | fields)
    )
