"""The schemas in the tree are those that the dataset makes, and WCO ids are told apart."""

from __future__ import annotations

from declarations.wco import MessageKind
from declarations.wco.build_schemas import TARGET, build
from declarations.wco.dataset import Declaration, Response
from declarations.wco.dictionary import entries
from declarations.wco.model import elements


def test_checked_in_schemas_are_the_generated_ones() -> None:
    made = build()
    assert {path.name for path in TARGET.glob("*.xsd")} == set(made)
    for name, content in made.items():
        assert (TARGET / name).read_text(encoding="utf-8") == content, (
            f"{name}: run python -m declarations.wco.build_schemas"
        )


def _classes(cls: type, found: set[type]) -> set[type]:
    if cls not in found:
        found.add(cls)
        for element in elements(cls):
            if element.group is not None:
                _classes(element.group, found)
    return found


def test_within_a_group_no_two_elements_share_an_id() -> None:
    for cls in _classes(Declaration, set()) | _classes(Response, set()):
        ids = [(element.wco_id, element.is_group) for element in elements(cls)]
        assert all(wco_id for wco_id, _ in ids), cls
        assert len(ids) == len(set(ids)), cls


def test_own_ids_are_marked() -> None:
    for cls in _classes(Declaration, set()) | _classes(Response, set()):
        for element in elements(cls):
            assert element.own is element.wco_id.startswith("Z"), (cls, element.name)
            assert len(element.wco_id) <= (3 if element.is_group else 4)


def test_dictionary_tells_cardinality_by_kind() -> None:
    by_path = {entry.path: entry for entry in entries()}
    importer = by_path["/Declaration/GoodsShipment/Importer"]
    assert importer.cardinality[MessageKind.IMPORT] == "1..1"
    assert importer.cardinality[MessageKind.EXPORT] == "0..1"
    assert importer.cardinality[MessageKind.CANCELLATION] == "0..0"
    items = by_path["/Declaration/GoodsShipment/GovernmentAgencyGoodsItem"]
    assert items.cardinality[MessageKind.IMPORT] == "1..999"
    assert by_path["/Declaration/FunctionalReferenceID"].element.format == "an..22"
    assert all(entry.label for entry in by_path.values())
    assert len(by_path) > 400
