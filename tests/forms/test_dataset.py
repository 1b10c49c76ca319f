"""Form data and dataset say the same, both ways; the form loses nothing it does not show."""

from copy import deepcopy
from typing import Any

from declarations import wco
from declarations.forms.dataset import from_dataset
from declarations.forms.declaration import DeclarationForms, Note
from declarations.forms.typed import Typed, TypedItem
from tests.factories import wine_dataset

COMPUTED = {"IssueDateTime"}


def through_the_form(dataset: dict[str, Any]) -> dict[str, Any]:
    forms = DeclarationForms("import", from_dataset("import", dataset), dataset, check=True)
    assert not forms.problems
    return {name: value for name, value in forms.dataset.items() if name not in COMPUTED}


def test_a_dataset_comes_back_as_it_was() -> None:
    dataset = wine_dataset()
    assert through_the_form(dataset) == dataset


def test_what_the_form_does_not_show_is_kept() -> None:
    dataset = wine_dataset()
    dataset["Agent"] = {"ID": "1", "FunctionCode": "2"}
    item = dataset["GoodsShipment"]["GovernmentAgencyGoodsItem"][0]
    item["Packaging"].append(
        {"SequenceNumeric": 2, "QuantityQuantity": {"value": "5"}, "TypeCode": "BX"}
    )
    item["AdditionalDocument"] = [
        {"TypeCode": "380", "ID": "1", "WriteOff": {"QuantityQuantity": {"value": "3"}}}
    ]
    dataset["TotalPackageQuantity"] = {"value": "1005"}
    before = deepcopy(dataset)
    assert through_the_form(dataset) == before
    assert dataset == before, "the dataset that it was begun from stays untouched"


def test_an_emptied_field_leaves_the_message() -> None:
    dataset = wine_dataset()
    typed = from_dataset("import", dataset)
    typed.header["terms_place"] = ""
    typed.items[0].values["marks"] = ""
    written = DeclarationForms("import", typed, dataset).dataset
    assert written["GoodsShipment"]["TradeTerms"] == {"ConditionCode": "DAP"}
    (item,) = written["GoodsShipment"]["GovernmentAgencyGoodsItem"]
    assert "MarksNumbersID" not in item["Packaging"][0]


def test_items_keep_their_own_rest_when_one_is_removed() -> None:
    dataset = wine_dataset()
    items = dataset["GoodsShipment"]["GovernmentAgencyGoodsItem"]
    items.append(deepcopy(items[0]) | {"SequenceNumeric": 2, "TransactionNatureCode": "9"})
    typed = from_dataset("import", dataset)
    typed.act("remove_item-0")
    (left,) = DeclarationForms("import", typed, dataset).dataset["GoodsShipment"][
        "GovernmentAgencyGoodsItem"
    ]
    assert left["TransactionNatureCode"] == "9"
    assert left["SequenceNumeric"] == 1


def test_header_totals_follow_from_the_items() -> None:
    typed = Typed(
        {"invoice_currency": "usd"},
        [
            TypedItem({"packages": "10", "gross_mass": "1 200,5", "price": "100.10"}),
            TypedItem({"packages": "5", "gross_mass": "0.25", "price": "0.20", "currency": "USD"}),
        ],
    )
    written = DeclarationForms("import", typed).dataset
    assert written["GoodsItemQuantity"] == {"value": "2"}
    assert written["TotalPackageQuantity"] == {"value": "15"}
    assert written["TotalGrossMassMeasure"] == {"value": "1200.75", "unitCode": "KGM"}
    assert written["InvoiceAmount"] == {"value": "100.30", "currencyID": "USD"}


def test_nonsense_is_told_at_its_field_and_left_out_of_the_message() -> None:
    typed = Typed(
        {"invoice_amount": "much", "invoice_date": "yesterday", "terms": "XXX"},
        [TypedItem({"packages": "1.5", "price": "1,234", "gross_mass": "NaN"})],
    )
    forms = DeclarationForms("import", typed, check=True)
    wrong = {(form.prefix or "", name) for form in forms.forms() for name in form.errors}
    assert {("", "invoice_amount"), ("", "invoice_date"), ("", "terms"), ("item-0", "packages"),
            ("item-0", "price"), ("item-0", "gross_mass")} <= wrong
    assert "InvoiceAmount" not in forms.dataset
    assert not DeclarationForms("import", typed).problems, "a draft is not judged"


def test_faults_find_their_fields() -> None:
    forms = DeclarationForms("import", from_dataset("import", wine_dataset()), check=True)
    item = "/Declaration/GoodsShipment/GovernmentAgencyGoodsItem"
    forms.place([
        Note(f"{item}/Commodity/Classification/ID", "no such HS code"),
        Note("/Declaration/GoodsShipment/Importer/Address", "no address"),
        Note(f"{item}[1]/Commodity/InvoiceLine/ItemChargeAmount/@currencyID", "no such money"),
        Note(f"{item}[1]/Treatment", "not here"),
        Note("/Declaration/GoodsShipment", "incomplete"),
    ])
    assert forms.items[0].errors["hs_code"] == ["no such HS code"]
    assert forms.header.errors["importer_line"] == ["no address"]
    assert forms.items[0].errors["currency"] == ["no such money"]
    assert forms.items[0].non_field_errors() == ["not here"]
    assert [problem.message for problem in forms.other] == ["incomplete"]
    targets = {problem.target for problem in forms.problems}
    assert {"id_item-0-hs_code", "id_importer_line", "item-0", ""} <= targets


def test_a_fault_of_the_second_item_is_beside_the_second_item() -> None:
    typed = from_dataset("import", wine_dataset())
    typed.act("copy_item-0")
    forms = DeclarationForms("import", typed, check=True)
    forms.place([
        Note("/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]/Origin[1]/CountryCode", "?")
    ])
    assert "origin_country" not in forms.items[0].errors
    assert forms.items[1].errors["origin_country"] == ["?"]


def test_what_the_form_writes_is_a_valid_message() -> None:
    dataset = wine_dataset()
    forms = DeclarationForms("import", from_dataset("import", dataset), check=True)
    profile = wco.get_profile("carec")
    body = wco.to_xml(wco.from_json(forms.dataset), profile, country="GE")
    assert wco.validate(body, profile).accepted
