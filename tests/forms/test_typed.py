"""What is typed stays as typed, whatever rows are added, copied and removed."""

from declarations.forms.typed import MAX_ITEMS, Typed, TypedItem

HEADER = frozenset({"lrn", "importer_name"})


def typed() -> Typed:
    return Typed(
        {"lrn": "A/1"},
        [
            TypedItem({"hs_code": "220421"}, {"doc": [{"type": "380", "id": "77"}, {"type": "271"}]}),
            TypedItem({"hs_code": "nonsense <b>"}),
        ],
    )


def test_controls_and_back() -> None:
    controls = typed().controls()
    assert controls["item-0-doc-1-type"] == "271"
    assert Typed.from_post(controls, HEADER) == typed()


def test_json_and_back() -> None:
    assert Typed.from_json(typed().to_json()) == typed()


def test_gaps_are_closed_in_order_and_strangers_left_out() -> None:
    post = {
        "item-10-hs_code": "b", "item-9-hs_code": "a", "item-10-doc-7-id": "z", "lrn": " x ",
        "csrfmiddlewaretoken": "t", "item-x-hs_code": "?", "file": "1",
    }
    read = Typed.from_post(post, HEADER)
    assert [item.values["hs_code"] for item in read.items] == ["a", "b"]
    assert read.items[1].rows["doc"] == [{"id": "z"}]
    assert read.header == {"lrn": " x "}


def test_add_copy_and_remove_keep_the_rest() -> None:
    it = typed()
    assert it.act("add_item") == "item-2"
    assert it.items[2] == TypedItem({"open": "1"})
    assert it.act("copy_item-0") == "item-1"
    assert it.items[1].rows["doc"] == typed().items[0].rows["doc"]
    assert it.items[1].values == {"hs_code": "220421", "open": "1"}
    it.items[1].rows["doc"][0]["id"] = "changed"
    assert it.items[0] == typed().items[0], "a copy shares nothing with its model"
    assert it.act("remove_item-0") == "item-0"
    assert [item.values.get("hs_code") for item in it.items] == ["220421", "nonsense <b>", None]


def test_documents_of_one_item() -> None:
    it = typed()
    assert it.act("add_doc-1") == "item-1-doc-0"
    assert it.act("remove_doc-0-0") == "item-0"
    assert it.items[0].rows["doc"] == [{"type": "271"}]
    assert it.items[1].rows["doc"] == [{}]


def test_rows_that_do_not_exist_change_nothing() -> None:
    for action in ("remove_item-7", "copy_item-7", "add_doc-7", "remove_doc-0-9"):
        it = typed()
        it.act(action)
        assert it == typed(), action
    assert typed().act("drop_table") is None


def test_no_more_items_than_a_message_holds() -> None:
    it = Typed({}, [TypedItem() for _ in range(MAX_ITEMS)])
    it.act("add_item")
    it.act("copy_item-0")
    assert len(it.items) == MAX_ITEMS


def test_blank_rows_are_left_out_only_when_filing() -> None:
    it = typed()
    it.act("add_item")
    it.items[2].values["origin"] = "4"
    it.act("add_doc-0")
    kept = it.without_blanks()
    assert kept == typed()
    assert len(it.items) == 3


def test_the_one_character_that_the_database_cannot_hold() -> None:
    assert Typed.from_post({"lrn": "a\0b"}, HEADER).header == {"lrn": "ab"}


def test_filing_with_no_item_filled_in_keeps_one_to_tell_what_it_needs() -> None:
    it = Typed({"lrn": "X"}, [TypedItem(), TypedItem()])
    assert len(it.without_blanks().items) == 1
