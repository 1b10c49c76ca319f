"""Georgia in the demo. The firms and people are invented; agencies, towns and posts are real."""

from portal.accounts.roles import OrganisationKind
from portal.demo.cast import Body, Country, Office, agency, agency_identifier, people

TRADER = Body(
    "Kakheti Fine Foods LLC", "405123784", "Tbilisi", "Kakheti Highway 72", "0152", "GE"
)
BROKER = Body(
    "Caucasus Customs Brokers LLC", "404988152", "Tbilisi", "Aghmashenebeli Avenue 150", "0112",
    "GE", OrganisationKind.BROKER,
)
HAZELNUTS = Body(
    "Samegrelo Hazelnut Company LLC", "420007345", "Zugdidi", "Rustaveli Street 96", "2100", "GE"
)
PLASTICS = Body(
    "Rustavi Polymer Works LLC", "416331207", "Rustavi", "Mshvidoba Street 8", "3700", "GE"
)
MILLS = Body("Poti Grain Mills JSC", "415089661", "Poti", "Larnaka Street 14", "4400", "GE")
STEEL = Body(
    "Rustavi Metal Recycling LLC", "416298840", "Rustavi", "Gagarin Street 12", "3702", "GE"
)
KNITWEAR = Body(
    "Imereti Knitwear LLC", "412675519", "Kutaisi", "Chavchavadze Avenue 67", "4600", "GE"
)


def _office(code: str, name: str, address: str, mandate: str, queue: str, hours: int) -> Office:
    body = agency(name, agency_identifier("GE", code), "Tbilisi", address, "0159", "GE")
    return Office(code, body, mandate, queue, hours)


OFFICES = (
    _office(
        "customs", "Revenue Service, Customs Department", "Gorgasali Street 16",
        "Release of goods, customs value and tariff, under the Customs Code of Georgia.",
        "Clearance", 4,
    ),
    _office(
        "phyto", "National Food Agency, Plant Protection", "Marshal Gelovani Avenue 6",
        "Plants, plant products and wood packaging, under the Food Safety, Veterinary and Plant "
        "Protection Code.",
        "Border phytosanitary control", 8,
    ),
    _office(
        "vet", "National Food Agency, Veterinary Department", "Marshal Gelovani Avenue 6",
        "Animals and food of animal origin, under the Food Safety, Veterinary and Plant "
        "Protection Code.",
        "Border veterinary control", 8,
    ),
    _office(
        "cites", "Ministry of Environment, CITES Management Authority",
        "Marshal Gelovani Avenue 6",
        "Trade in endangered species, under CITES and the Law on Licenses and Permits.",
        "CITES permits", 24,
    ),
    _office(
        "radiation", "Agency of Nuclear and Radiation Safety", "Gulua Street 6",
        "Radioactive material and scrap metal, under the Law on Nuclear and Radiation Safety.",
        "Radiation control", 12,
    ),
)

GEORGIA = Country(
    code="GE",
    name="Georgia",
    trader=TRADER,
    broker=BROKER,
    others=(HAZELNUTS, PLASTICS, MILLS, STEEL, KNITWEAR),
    offices=OFFICES,
    operator=Body(
        "Georgian Trade Single Window", "GE-OPERATOR", "Tbilisi", "Gorgasali Street 16", "0114",
        "GE", OrganisationKind.OPERATOR,
    ),
    people=people(
        "GE",
        {
            "trader": "Nino Kapanadze",
            "manager": "Davit Mchedlishvili",
            "broker": "Giorgi Beridze",
            "customs": "Levan Maisuradze",
            "customs2": "Ketevan Abuladze",
            "phyto": "Tamar Lomidze",
            "vet": "Zurab Gelashvili",
            "cites": "Mariam Tsiklauri",
            "radiation": "Irakli Chkheidze",
            "admin": "Ana Javakhishvili",
            "admin2": "Davit Tsereteli",
        },
        TRADER,
        BROKER,
        HAZELNUTS,
    ),
)
