"""A complete dataset makes a valid message, and comes back from XML and JSON as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations.wco import (
    MessageKind,
    from_json,
    from_xml,
    read_response,
    to_json,
    to_xml,
    validate,
    write_response,
)

from .samples import PROFILE, random_dataset

DECLARED = [kind for kind in PROFILE.kinds if kind is not MessageKind.RESPONSE]
seeds = st.integers(min_value=0, max_value=2**32)


@pytest.mark.parametrize("kind", DECLARED)
@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_declaration(kind: MessageKind, seed: int) -> None:
    made = random_dataset(seed, kind)
    verdict = validate(to_xml(made, PROFILE, country="GE"), PROFILE)
    assert [fault.message for fault in verdict.faults] == []
    assert verdict.kind is kind
    assert verdict.message is not None
    assert from_xml(verdict.message.root, PROFILE) == made
    assert from_json(json.loads(json.dumps(to_json(made)))) == made


@pytest.mark.parametrize("kind", DECLARED)
def test_every_element_at_once(kind: MessageKind) -> None:
    made = random_dataset(7, kind, fill=1.0)
    verdict = validate(to_xml(made, PROFILE, country="GE"), PROFILE)
    assert verdict.accepted
    assert verdict.message is not None
    assert from_xml(verdict.message.root, PROFILE) == made


@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_response(seed: int) -> None:
    made = random_dataset(seed, MessageKind.RESPONSE)
    assert read_response(write_response(made, PROFILE, "AZ")) == made
