"""Comparing is honest: properties over arbitrary figures, and the facts that rules are given."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from agencies.risk.assessing import judged
from agencies.risk.models import RiskAssessment
from agencies.risk.runs import known_of
from declarations import wco
from declarations.states import Kind
from exchange.advance.discrepancies import FAR, Subject, Tolerances, compare, percent_more
from exchange.advance.figures import Figures, figures_of, together
from exchange.advance.references import References
from exchange.advance.scoring import ENOUGH, score
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation
from tests.advance.conftest import UCR, Tell, export_of, file, import_of, work
from tests.factories import wine_dataset
from tests.risk.samples import make_profile

AMOUNTS = st.decimals(min_value=0, max_value=10**12, places=3)
CODES = st.sampled_from(["220421", "220410", "160431", "390120"])
MAYBE = st.none() | AMOUNTS
FIGURES = st.builds(
    Figures,
    value=st.dictionaries(st.sampled_from(["USD", "EUR", "GEL"]), AMOUNTS, max_size=2),
    gross_mass=MAYBE, net_mass=MAYBE, packages=MAYBE,
    quantity=st.dictionaries(st.tuples(CODES, st.sampled_from(["LTR", "KGM"])), AMOUNTS, max_size=3),
    hs=st.frozensets(CODES), containers=st.frozensets(st.sampled_from(["TCLU6582036", "GESU4812666"])),
)
PERCENT = st.decimals(min_value=0, max_value=100, places=1)
TOLERANCES = st.builds(Tolerances, PERCENT, PERCENT, PERCENT, PERCENT, PERCENT)
NUMBERS = st.frozensets(st.sampled_from(["AAAAA", "BBBBB", "CCCCC"]), max_size=2)
REFERENCES = st.builds(References, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.frozensets(CODES))
EXACT = Tolerances(*[Decimal(0)] * 5)


@given(FIGURES, TOLERANCES)
def test_what_is_the_same_does_not_differ(figures: Figures, tolerances: Tolerances) -> None:
    assert compare(figures, figures, tolerances) == []


@given(FIGURES, TOLERANCES)
def test_what_is_not_stated_does_not_differ(figures: Figures, tolerances: Tolerances) -> None:
    assert compare(Figures(), figures, tolerances) == compare(figures, Figures(), tolerances) == []


@given(FIGURES, FIGURES)
def test_without_tolerance_both_directions_find_the_same(one: Figures, other: Figures) -> None:
    there, back = compare(one, other, EXACT), compare(other, one, EXACT)
    assert [(d.subject, d.unit, d.of, d.told, d.declared) for d in there] == [
        (d.subject, d.unit, d.of, d.declared, d.told) for d in back]


@given(FIGURES, FIGURES, TOLERANCES, PERCENT)
def test_more_tolerance_never_finds_more(
    one: Figures, other: Figures, tolerances: Tolerances, more: Decimal
) -> None:
    wider = Tolerances(*(getattr(tolerances, name) + more for name in tolerances.__slots__))
    assert set(compare(one, other, wider)) <= set(compare(one, other, tolerances))


@given(FIGURES, FIGURES, TOLERANCES)
def test_the_sign_says_which_way(one: Figures, other: Figures, tolerances: Tolerances) -> None:
    for found in compare(one, other, tolerances):
        if found.percent is not None:
            told, declared = Decimal(found.told[0]), Decimal(found.declared[0])
            assert told != declared and abs(found.percent) <= FAR
            assert (found.percent >= 0) == (declared > told) or found.percent == 0


@given(AMOUNTS, st.decimals(min_value=-50, max_value=50, places=1))
def test_the_percent_is_that_of_what_left(told: Decimal, percent: Decimal) -> None:
    if told:
        assert percent_more(told, told + told * percent / 100) == percent


@given(FIGURES, FIGURES, FIGURES)
def test_together_does_not_depend_on_the_order(a: Figures, b: Figures, c: Figures) -> None:
    assert together([a, b, c]) == together([c, b, a]) == together([a]) + (b + c)


@given(REFERENCES, REFERENCES)
def test_weak_hints_alone_are_never_enough(told: References, declared: References) -> None:
    found = score(told, declared)
    assert 0 <= found.points <= 100
    if not set(told.keys) & set(declared.keys):
        assert found.points == 0 and not found.is_enough
    assert score(declared, told).points == found.points
    weak = replace(told, mrns=frozenset(), ucrs=frozenset(), documents=frozenset(),
                   containers=frozenset())
    assert score(weak, declared).points == 0 < ENOUGH


def test_figures_are_read_from_a_declaration() -> None:
    figures = figures_of(Kind.IMPORT, wco.from_json(wine_dataset()))
    assert figures.value == {"USD": Decimal("18600.00")}
    assert [figures.gross_mass, figures.net_mass, figures.packages] == [9800, 9000, 1000]
    assert figures.hs == {"220421"}


def test_the_national_digits_of_a_code_do_not_differ() -> None:
    told, declared = wine_dataset(), wine_dataset()
    goods = declared["GoodsShipment"]["GovernmentAgencyGoodsItem"][0]["Commodity"]
    goods["Classification"][0]["ID"] = "2204 21 0000"
    left = figures_of(Kind.EXPORT, wco.from_json(told))
    assert compare(left, figures_of(Kind.IMPORT, wco.from_json(declared)), Tolerances()) == []
    goods["Classification"][0]["ID"] = "220410"
    other = figures_of(Kind.IMPORT, wco.from_json(declared))
    (found,) = compare(left, other, Tolerances())
    assert (found.subject, found.told, found.declared) == (
        Subject.COMMODITY, ("220421",), ("220410",))


def test_risk_hears_of_it(tell: Tell, declarant: Actor, trader: Organisation) -> None:
    """Half of the value and 300 of the packages are missing on arrival."""
    make_profile(
        {"code": "cheap", "score": 60,
         "conditions": {"field": "mirror_value", "lte": -20}},
        {"code": "other", "conditions": {"field": "mirror", "in": ["commodity", "container"]}},
        {"code": "fewer", "score": 10, "conditions": {"all": [
            {"field": "mirror", "is": "packages"}, {"field": "mirror_packages", "lte": -25}]}},
    )
    tell(export_of(trader, UCR))
    work()
    declaration = file(declarant, import_of(trader, UCR, price="9300.00", packages="700"))
    kept = RiskAssessment.objects.get(declaration=declaration)
    assert sorted(kept.codes) == ["cheap", "fewer"] and kept.score == 70
    assert kept.inputs["mirror"] == {
        "found": ["value", "packages"], "value": "-50.0", "packages": "-30.0"}
    assert known_of(declaration, kept).mirror.value == Decimal("-50.0")
    work()
    facts, _judged = judged(declaration, wco.from_json(declaration.current.dataset))
    assert facts.column("mirror") == [("value", "packages")]


def test_risk_hears_that_it_agrees_and_nothing_of_what_nobody_told(
    tell: Tell, declarant: Actor, trader: Organisation
) -> None:
    make_profile({"code": "known", "conditions": {"field": "mirror", "is": "agrees"}})
    unknown = file(declarant, import_of(trader))
    tell(export_of(trader, UCR))
    work()
    known = file(declarant, import_of(trader, UCR))
    codes = {kept.declaration: kept.codes for kept in RiskAssessment.objects.all()}
    assert codes == {unknown: [], known: ["known"]}


def of_quantity(value: str, unit: str) -> Figures:
    dataset = wine_dataset()
    measure = dataset["GoodsShipment"]["GovernmentAgencyGoodsItem"][0]["Commodity"]["GoodsMeasure"]
    measure["TariffQuantity"] = {"value": value, "unitCode": unit}
    return figures_of(Kind.IMPORT, wco.from_json(dataset))


def test_tonnes_and_kilograms_are_compared_as_what_they_are() -> None:
    told = of_quantity("9.8", "TNE")
    assert compare(told, of_quantity("9800", "KGM"), Tolerances()) == []
    (found,) = compare(told, of_quantity("4900", "KGM"), Tolerances())
    assert (found.subject, found.unit, found.percent) == (Subject.QUANTITY, "KGM", Decimal(-50))
    assert compare(told, of_quantity("12000", "LTR"), Tolerances()) == [], "not to be compared"
    assert compare(of_quantity("90", "HLT"), of_quantity("9000", "LTR"), Tolerances()) == []
