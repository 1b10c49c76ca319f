"""The UK set, unchanged: every file of the corpus has its manifest's verdict, by the layer named."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from agencies.models import Agency, Queue, RuleSet
from declarations.lifecycle import Action, perform
from declarations.models import Declaration
from declarations.profiles import store
from declarations.projection import project
from declarations.wco import FunctionCode, from_json, read_response
from portal.accounts.actors import SYSTEM, Actor
from tests.agencies.samples import make_rule, make_rule_set
from tests.factories import make_agency, run_pipeline
from tests.intake.conftest import DECLARATIONS, Trader
from tests.profiles.conftest import CANCEL, CASES, NOTIFICATION, SUBMIT, install_uk, needs_corpus
from tests.wco.samples import CORPUS

pytestmark = [needs_corpus, pytest.mark.django_db]

SCHEMAS = {"submit": SUBMIT, "cancel": CANCEL, "notification": NOTIFICATION}
KINDS = {"cancel": ["--kind", "cancellation"], "notification": ["--kind", "response"], "submit": []}
LAYERS = {
    "body": {"size", "encoding", "syntax"},
    "parse": {"encoding", "syntax"},
    "policy": {"doctype"},
    "xsd": {"root", "xsd"},
}
# So many tests share the cases, each with some of every sort.
PARTS = 4
# These ask to change a declaration that lies with the UK: there is none here to change.
ABOUT_ANOTHER = re.compile(rb"<TypeCode>(INV|COR)</TypeCode>")


def verdicts(capsys: Any, *arguments: str) -> list[dict[str, Any]]:
    try:
        call_command("validate_message", "--json", *arguments)
    except SystemExit as exit_:
        assert exit_.code == 1
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def check(case: dict[str, Any], told: dict[str, Any]) -> None:
    assert told["verdict"] == case["expected"], (case, told)
    if case["expected"] == "accept":
        assert told["layer"] is None
        assert told["errors"] == []
    else:
        assert told["layer"] in LAYERS[case.get("layer", "xsd")], (case, told)
        assert told["errors"]


@pytest.mark.parametrize("by", ["profile", "schema"])
@pytest.mark.parametrize("schema", SCHEMAS)
def test_on_the_command_line(admin: Actor, capsys: Any, schema: str, by: str) -> None:
    install_uk(admin)
    cases = [case for case in CASES if case["schema"] == schema]
    which = ["--profile", "uk-dms", *KINDS[schema]]
    if by == "schema":
        which = ["--schema", str(CORPUS / "schemas" / SCHEMAS[schema])]
    told = verdicts(capsys, *which, *[str(CORPUS / case["file"]) for case in cases])
    assert len(told) == len(cases)
    for case, one in zip(cases, told, strict=True):
        check(case, one)


@pytest.mark.parametrize("part", range(PARTS))
def test_over_rest(admin: Actor, trader: Trader, queue: Queue, part: int) -> None:
    """A valid declaration ends with the agencies; any other is a problem at once, or rejected.

    The set is installed once for many cases, each of which is undone before the next.
    """
    install_uk(admin, trader.organisation)
    failed = []
    for case in CASES[part::PARTS]:
        mark = transaction.savepoint()
        try:
            file_over_rest(trader, case)
        except AssertionError as error:
            failed.append(f"{case['file']}: {error}")
        transaction.savepoint_rollback(mark)
    assert not failed, "\n".join(failed)


def file_over_rest(trader: Trader, case: dict[str, Any]) -> None:
    body = (CORPUS / case["file"]).read_bytes()
    answer = trader.send(body, path=f"{DECLARATIONS}?profile=uk-dms")
    if case["expected"] == "accept" and case["schema"] == "submit" and not ABOUT_ANOTHER.search(body):
        assert answer.status_code == 202, answer.content
        declaration = run_pipeline(Declaration.objects.get(pk=answer.json()["id"]))
        assert declaration.state == "under_review", declaration.current.faults
        assert declaration.current.faults == []
        assert_projected(declaration, body)
        assert_answered(declaration, FunctionCode.ACCEPTED)
        return
    if answer.status_code == 202:
        declaration = run_pipeline(Declaration.objects.get(pk=answer.json()["id"]))
        assert declaration.state == "rejected"
        assert {fault["layer"] for fault in declaration.current.faults} == {"xsd"}
        assert case["layer"] == "xsd"
        assert_answered(declaration, FunctionCode.REJECTED)
    else:
        problem = answer.json()
        assert answer.status_code in (400, 422)
        assert not Declaration.objects.exists()
        if case["expected"] == "reject" and case["schema"] == "submit":
            layers = LAYERS[case["layer"]] | {"root"}
            assert {error["layer"] for error in problem["errors"]} <= layers, problem
        else:  # a response, or a request about a declaration that is not here
            assert problem["errors"][0]["layer"] == "root"


def assert_answered(declaration: Declaration, *codes: FunctionCode) -> None:
    """With responses that the profile's own schema finds valid."""
    profile = store.pinned(declaration.profile, declaration.profile_version)
    bodies = [bytes(response.body) for response in declaration.responses.all()]
    answers = [read_response(body, profile) for body in bodies]
    assert [answer.FunctionCode for answer in answers] == list(codes)
    assert all(b"urn:wco:datamodel:WCO:RES-DMS:2" in body for body in bodies)
    assert all(answer.Declaration.FunctionalReferenceID == declaration.lrn for answer in answers)


def assert_projected(declaration: Declaration, body: bytes) -> None:
    """What the message says in plain text is in the columns and in the dataset."""
    text = re.sub(r"<!--.*?-->", "", body.decode("iso-8859-1" if b"8859" in body else "utf-8"),
                  flags=re.DOTALL)

    def said(element: str) -> list[str]:
        return re.findall(rf"<(?:\w+:)?{element}(?: [^>]*)?>([^<]*)</", text)

    assert declaration.lrn == said("FunctionalReferenceID")[0].strip()
    kind = said("TypeCode")
    assert declaration.kind == ("export" if any(k.startswith("EX") for k in kind[:3]) else "import")
    items = len(re.findall(r"<(?:\w+:)?GovernmentAgencyGoodsItem\b", text))
    assert declaration.item_count == items
    dataset = from_json(declaration.current.dataset)
    shipped = dataset.GoodsShipment.GovernmentAgencyGoodsItem if dataset.GoodsShipment else []
    documents = [d for i in shipped for d in i.AdditionalDocument] + dataset.AdditionalDocument
    assert len(documents) == len(re.findall(r"<(?:\w+:)?AdditionalDocument>", text))
    classified = [c for i in shipped for c in (i.Commodity.Classification if i.Commodity else [])]
    assert all(c.ID in said("ID") for c in classified)
    if classified:
        assert declaration.hs_codes
    if "<Importer>" in text:
        assert declaration.importer
    again = Declaration()
    project(again, dataset)
    assert again.hs_codes == declaration.hs_codes


def test_one_message_in_full(admin: Actor, trader: Trader) -> None:
    """Filed, projected, and routed by the same rules as a native one."""
    customs, market = make_agency("customs"), make_agency("market")
    rules = route_shavers(customs, market)
    install_uk(admin, trader.organisation)
    body = (CORPUS / "valid/TT_IM001b_TT_IM001b.xml").read_bytes()
    answer = trader.send(body, path=f"{DECLARATIONS}?profile=uk-dms")
    declaration = run_pipeline(Declaration.objects.get(pk=answer.json()["id"]))
    assert (declaration.profile, declaration.profile_version) == ("uk-dms", "2")
    assert (declaration.kind, declaration.lrn) == ("import", "TT_IM01b_v1.7_220322_1")
    assert declaration.declarant_id == "GB603202734852"
    assert (declaration.importer, declaration.exporter) == ("GB553202734852", "US Clipper Inc.")
    assert (declaration.export_country, declaration.destination_country) == ("US", "GB")
    assert declaration.hs_codes == ["85109000"]
    assert (declaration.item_count, str(declaration.gross_mass_kg)) == (1, "150.000")
    assert declaration.transport_mode == "1"
    assert declaration.goods.startswith("Parts for shavers")

    [review] = declaration.reviews.all()
    assert review.queue.agency == market
    assert rules == [rule["code"] for rule in review.snapshot["rules"]]
    with transaction.atomic():
        perform(declaration, Action.RELEASE, SYSTEM, {"reason": "Nothing found."})
    assert_answered(declaration, FunctionCode.ACCEPTED, FunctionCode.RELEASED)

    shown = trader.get(f"{DECLARATIONS}/{declaration.pk}").json()
    assert (shown["profile"], shown["status"], shown["errors"]) == ("uk-dms", "released", [])


def route_shavers(customs: Agency, market: Agency) -> list[str]:
    """Rules by commodity, country, document and party, all of which this message meets."""
    rule_set: RuleSet = make_rule_set(customs.queues.get())
    conditions: dict[str, dict[str, Any]] = {
        "HS": {"field": "hs", "prefix": ["8510"]},
        "ORIGIN": {"field": "origin", "in": ["US"]},
        "DOCUMENT": {"field": "document", "in": ["935"]},
        "TRADER": {"field": "trader", "in": ["GB553202734852"]},
    }
    for code, condition in conditions.items():
        make_rule(rule_set, market, condition, code=code)
    # The TARIC addition 00 or 10 is no chapter of the HS.
    make_rule(rule_set, customs, {"field": "hs", "prefix": ["00"]}, code="CHAPTER")
    return sorted(conditions)


def test_the_three_sets_stay_separate(admin: Actor, cache: Path) -> None:
    installed = install_uk(admin)
    folder = (cache / installed.sha256).resolve()
    entries = {schemas.entry for schemas in store.load(installed).kinds.values()}
    assert {entry.relative_to(folder).as_posix() for entry in entries} == set(SCHEMAS.values())
    originals = {path.relative_to(CORPUS / "schemas"): path.read_bytes()
                 for path in (CORPUS / "schemas").rglob("*.xsd")}
    assert {path.relative_to(folder): path.read_bytes()
            for path in folder.rglob("*.xsd")} == originals
