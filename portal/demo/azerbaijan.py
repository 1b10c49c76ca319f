"""Azerbaijan in the demo. The firms and people are invented; agencies, towns and posts are real."""

from portal.accounts.roles import OrganisationKind
from portal.demo.cast import Body, Country, Office, agency, agency_identifier, people

TRADER = Body("Abseron Qida Ticaret MMC", "1403287651", "Baku", "Nizami Street 203", "AZ1010", "AZ")
BROKER = Body(
    "Xezer Gomruk Brokeri MMC", "1701994422", "Baku", "Heydar Aliyev Avenue 115", "AZ1029", "AZ",
    OrganisationKind.BROKER,
)
POLYMERS = Body(
    "Sumqayit Polimer ASC", "2900451873", "Sumqayit", "Samed Vurgun Street 86", "AZ5000", "AZ"
)
WINERY = Body("Goygol Serab MMC", "3100672915", "Goygol", "Nizami Street 41", "AZ2500", "AZ")
FISHERY = Body(
    "Neftchala Akvakultura MMC", "6100238847", "Neftchala", "Sahil Street 5", "AZ4700", "AZ"
)


def _office(code: str, name: str, address: str, mandate: str, queue: str, hours: int) -> Office:
    body = agency(name, agency_identifier("AZ", code), "Baku", address, "AZ1073", "AZ")
    return Office(code, body, mandate, queue, hours)


OFFICES = (
    _office(
        "customs", "State Customs Committee", "Inshaatchilar Avenue 2",
        "Release of goods, customs value and tariff, under the Customs Code of Azerbaijan.",
        "Clearance", 4,
    ),
    _office(
        "phyto", "Food Safety Agency, Phytosanitary Control", "Nariman Narimanov Avenue 7",
        "Plants and plant products, under the Law on Phytosanitary Control.",
        "Border phytosanitary control", 8,
    ),
    _office(
        "vet", "Food Safety Agency, Veterinary Control", "Nariman Narimanov Avenue 7",
        "Animals and food of animal origin, under the Law on Veterinary Medicine.",
        "Border veterinary control", 8,
    ),
    _office(
        "cites", "Ministry of Ecology, CITES Management Authority", "Bahram Aghayev Street 100A",
        "Trade in endangered species, under CITES and the Law on the Animal World.",
        "CITES permits", 24,
    ),
    _office(
        "radiation", "Agency on Nuclear and Radiological Activity", "Heydar Aliyev Avenue 152",
        "Radioactive material and scrap metal, under the Law on Radiation Safety.",
        "Radiation control", 12,
    ),
)

AZERBAIJAN = Country(
    code="AZ",
    name="Azerbaijan",
    trader=TRADER,
    broker=BROKER,
    others=(POLYMERS, WINERY, FISHERY),
    offices=OFFICES,
    operator=Body(
        "Azerbaijani Trade Single Window", "AZ-OPERATOR", "Baku", "Inshaatchilar Avenue 2", "AZ1073",
        "AZ", OrganisationKind.OPERATOR,
    ),
    people=people(
        "AZ",
        {
            "trader": "Leyla Mammadova",
            "manager": "Orkhan Babayev",
            "broker": "Rashad Aliyev",
            "customs": "Elchin Huseynov",
            "customs2": "Nigar Hasanli",
            "phyto": "Gunel Ismayilova",
            "vet": "Farid Guliyev",
            "cites": "Sevinj Rzayeva",
            "radiation": "Kamran Hasanov",
            "admin": "Aysel Karimova",
            "admin2": "Rashad Aliyev",
        },
        TRADER,
        BROKER,
        POLYMERS,
    ),
)
