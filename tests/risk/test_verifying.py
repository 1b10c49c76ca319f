"""Random selection is proven from its recorded seed; a record that was changed is found out."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from agencies.conditions import Number
from agencies.models import RiskAssessment
from agencies.ratios import RATIOS, mass_per_package, packing_share, value_per_kg
from declarations import intake
from declarations.models import Declaration
from declarations.states import Channel
from tests.agencies.conftest import World
from tests.agencies.samples import without_triggers
from tests.factories import make_member, make_organisation, run_pipeline, wine_import
from tests.risk.samples import make_profile


def filed() -> Declaration:
    organisation = make_organisation()
    _user, actor = make_member(organisation)
    return run_pipeline(intake.submit(actor, wine_import(organisation), channel=Channel.REST))


def verified(*names: str) -> str:
    out = StringIO()
    call_command("verify_risk", *names, stdout=out)
    return out.getvalue()


def test_every_draw_comes_out_the_same(world: World) -> None:
    make_profile({"code": "half", "share": 50, "floor": "red"},
                 {"code": "always", "share": 100, "score": 1})
    declarations = [filed() for _number in range(3)]
    assert "3 assessments proven, 6 draws made again, 0 wrong." in verified()
    assert declarations[0].mrn is not None
    assert "1 assessments proven" in verified(declarations[0].mrn)


@pytest.mark.parametrize(("change", "words"), [
    ({"lane": "blue"}, "not what the journal recorded"),
    ({"inputs": {"draws": {"half": 1}, "seed": "00" * 32}}, "The seed is not that"),
])
def test_what_was_changed_past_the_database_is_found_out(
    world: World, change: dict[str, object], words: str
) -> None:
    make_profile({"code": "half", "share": 50, "floor": "red"})
    declaration = filed()
    with without_triggers():
        RiskAssessment.objects.filter(declaration=declaration).update(**change)
    out = StringIO()
    with pytest.raises(CommandError, match="not proven"):
        call_command("verify_risk", stdout=out)
    assert words in out.getvalue()


numbers = st.decimals(min_value=0, max_value=10**16, places=6).map(lambda value: (Number(value, "KGM"),))
maybe = st.one_of(st.just(()), numbers)


@given(maybe, maybe, maybe)
def test_no_declared_number_breaks_a_ratio(
    value: tuple[Number, ...], net: tuple[Number, ...], gross: tuple[Number, ...]
) -> None:
    found = value_per_kg(value, net, gross)
    mass = next((m[0].value for m in (net, gross) if m and m[0].value), None)
    if value and mass:
        assert abs(found[0].value * mass - value[0].value) <= mass * found[0].value.scaleb(-20) + mass
    else:
        assert found == ()
    assert len(mass_per_package(gross, net)) <= 1 and len(packing_share(gross, net)) <= 1
    assert set(RATIOS) == {"value_per_kg", "mass_per_package", "packing_share"}
