"""Every case of the UK corpus gets the verdict, and the layer, that a strict receiver gives it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from declarations.wco import Layer, validate_with_schema

from .samples import CORPUS

SCHEMAS = {
    "submit": "customs/wrapper_submit.xsd",
    "cancel": "customs/wrapper_cancel.xsd",
    "notification": "notification.xsd",
}
LAYERS = {
    "body": {Layer.SIZE, Layer.ENCODING, Layer.SYNTAX},
    "parse": {Layer.SIZE, Layer.ENCODING, Layer.SYNTAX},
    "policy": {Layer.DOCTYPE},
    "xsd": {Layer.ROOT, Layer.XSD},
}
MANIFEST = CORPUS / "manifest.json"
CASES: list[dict[str, Any]] = json.loads(MANIFEST.read_text())["cases"] if MANIFEST.exists() else []
pytestmark = pytest.mark.skipif(not CASES, reason=f"no corpus at {CORPUS}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_verdict_and_layer(case: dict[str, Any]) -> None:
    body = (CORPUS / case["file"]).read_bytes()
    verdict = validate_with_schema(body, CORPUS / "schemas" / SCHEMAS[case["schema"]])
    assert verdict.accepted is (case["expected"] == "accept")
    if verdict.accepted:
        assert verdict.layer is None
        assert not verdict.faults
    else:
        assert verdict.layer in LAYERS.get(case.get("layer", "xsd"), LAYERS["xsd"])
        for fault in verdict.faults:
            assert "{" not in fault.message or fault.layer is Layer.ROOT
            assert "facet" not in fault.message
