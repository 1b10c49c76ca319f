"""Kazakhstan in the demo. The firms and people are invented; agencies, towns and posts are real."""

from portal.accounts.roles import OrganisationKind
from portal.demo.cast import Body, Country, Office, agency, agency_identifier, people

TRADER = Body(
    "Zhetysu Accumulator Works LLP", "081140006312", "Taldykorgan", "Medeu Street 12", "040000", "KZ"
)
BROKER = Body(
    "Alatau Customs Brokers LLP", "120540009871", "Almaty", "Ryskulov Avenue 57", "050061", "KZ",
    OrganisationKind.BROKER,
)
COPPER = Body(
    "Balkhash Copper Wire LLP", "990340001254", "Balkhash", "Lenin Street 1", "100300", "KZ"
)


def _office(code: str, name: str, address: str, mandate: str, queue: str, hours: int) -> Office:
    body = agency(name, agency_identifier("KZ", code), "Astana", address, "010000", "KZ")
    return Office(code, body, mandate, queue, hours)


OFFICES = (
    _office(
        "customs", "State Revenue Committee, Customs Control", "Zhenis Avenue 11",
        "Release of goods, customs value and tariff, under the Customs Code.",
        "Clearance", 4,
    ),
    _office(
        "phyto", "Committee of State Inspection in the Agro-Industrial Complex",
        "Mangilik El Avenue 8",
        "Plants and plant products, under the Law on Plant Quarantine.",
        "Border phytosanitary control", 8,
    ),
    _office(
        "vet", "Committee of Veterinary Control and Supervision", "Mangilik El Avenue 8",
        "Animals and food of animal origin, under the Law on Veterinary Medicine.",
        "Border veterinary control", 8,
    ),
    _office(
        "cites", "Forestry and Wildlife Committee, CITES Management Authority",
        "Mangilik El Avenue 8",
        "Trade in endangered species, under CITES and the Law on the Animal World.",
        "CITES permits", 24,
    ),
    _office(
        "radiation", "Committee of Atomic and Energy Supervision", "Kabanbay Batyr Avenue 19",
        "Radioactive material and scrap metal, under the Law on Radiation Safety.",
        "Radiation control", 12,
    ),
)

KAZAKHSTAN = Country(
    code="KZ",
    name="Kazakhstan",
    trader=TRADER,
    broker=BROKER,
    others=(COPPER,),
    offices=OFFICES,
    operator=Body(
        "Kazakhstan Trade Single Window", "KZ-OPERATOR", "Astana", "Zhenis Avenue 11", "010000",
        "KZ", OrganisationKind.OPERATOR,
    ),
    people=people(
        "KZ",
        {
            "trader": "Aigerim Nurlanova",
            "manager": "Daniyar Seitkali",
            "broker": "Yerlan Abdrakhmanov",
            "customs": "Askar Zhumabekov",
            "customs2": "Zarina Tokayeva",
            "phyto": "Madina Ospanova",
            "vet": "Bolat Iskakov",
            "cites": "Saule Akhmetova",
            "radiation": "Timur Kenzhebaev",
            "admin": "Dinara Suleimenova",
            "admin2": "Marat Tulegenov",
        },
        TRADER,
        BROKER,
        COPPER,
    ),
)
