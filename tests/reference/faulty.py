"""One message with fifteen faults of five kinds, three of each."""

import re

from tests.factories import wine_import

# kind of fault: (what stands in a sound message, what replaces it, the path that is named)
ITEM = "/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[1]"
FAULTS: dict[str, list[tuple[str, str, str]]] = {
    "SW-XSD-MISSING": [
        (r"<CurrentCode>40</CurrentCode>", "", f"{ITEM}/GovernmentProcedure[1]/CurrentCode"),
        (r"<Description>[^<]*</Description>", "", f"{ITEM}/Commodity/Description"),
        (r"<SequenceNumeric>1</SequenceNumeric>(\s*<Marks)", r"\1",
         f"{ITEM}/Packaging[1]/SequenceNumeric"),
    ],
    "SW-XSD-UNKNOWN": [
        (r"(<InvoiceAmount)", r"<Notes>urgent</Notes>\1", "/Declaration/Notes"),
        (r"(<ModeCode>)", r"<Colour>blue</Colour>\1", "/Declaration/BorderTransportMeans/Colour"),
        (r"(</TradeTerms>)", r"<Comment>see annex</Comment>\1",
         "/Declaration/GoodsShipment/TradeTerms/Comment"),
    ],
    "SW-XSD-ENUM": [
        (r"<FunctionCode>9<", "<FunctionCode>7<", "/Declaration/FunctionCode"),
        (r"<ModeCode>3<", "<ModeCode>lorry<", "/Declaration/BorderTransportMeans/ModeCode"),
        (r"<ConditionCode>DAP<", "<ConditionCode>XYZ<",
         "/Declaration/GoodsShipment/TradeTerms/ConditionCode"),
    ],
    "SW-XSD-NUMBER": [
        (r"(<InvoiceAmount[^>]*>)[^<]*", r"\g<1>18,600.00", "/Declaration/InvoiceAmount"),
        (r"(<TotalGrossMassMeasure[^>]*>)[^<]*", r"\g<1>9.8 t",
         "/Declaration/TotalGrossMassMeasure"),
        (r"(<NetNetWeightMeasure[^>]*>)[^<]*", r"\g<1>nine",
         f"{ITEM}/Commodity/GoodsMeasure/NetNetWeightMeasure"),
    ],
    "SW-XSD-LENGTH": [
        (r"(<PostcodeID>)AZ2000", r"\g<1>AZ2000 Ganja", "/Declaration/Exporter/Address/PostcodeID"),
        (r"<ID>220421<", f"<ID>{'2' * 19}<", f"{ITEM}/Commodity/Classification[1]/ID"),
        (r"<ID>GS-2025-0417<", f"<ID>{'N' * 71}<", "/Declaration/GoodsShipment/Invoice/ID"),
    ],
}
PATHS = {(code, path) for code, changes in FAULTS.items() for _old, _new, path in changes}


def fifteen_faults() -> bytes:
    """The message; its LRN is new each time."""
    text = wine_import().decode()
    for changes in FAULTS.values():
        for old, new, path in changes:
            text, count = re.subn(old, new, text, count=1)
            assert count == 1, path
    return text.encode()
