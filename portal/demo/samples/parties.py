"""Firms abroad in the samples. All are invented; their towns are real."""

from portal.demo.cast import Body

KOSTANAY_GRAIN = Body(
    "Kostanay Astyk Trade LLP", "060540003217", "Kostanay", "Al-Farabi Avenue 119", "110000", "KZ"
)
AKTOBE_FERRO = Body(
    "Aktobe Ferro Export LLP", "951140000042", "Aktobe", "Prospekt 312 Strelkovoy Divizii 38",
    "030015", "KZ",
)
ALMATY_WINE = Body(
    "Almaty Vino Trade LLP", "130740012968", "Almaty", "Tole Bi Street 286", "050031", "KZ"
)
FERGANA_YARN = Body(
    "Fergana Tekstil Invest LLC", "304512887", "Fergana", "Mustaqillik Street 54", "150100", "UZ"
)
SAMARKAND_FRUIT = Body(
    "Samarkand Meva Export LLC", "305884120", "Samarkand", "Rudaki Street 177", "140100", "UZ"
)
CASHMERE = Body(
    "Gobi Nooluur LLC", "5124681", "Ulaanbaatar", "Khan-Uul District, Industry Street 12", "17062",
    "MN",
)
RICE_MILL = Body(
    "Punjab Basmati Mills (Pvt) Ltd", "4127763", "Lahore", "Multan Road 21 km", "54500", "PK"
)
NUT_BUYER = Body(
    "Hanse Nusskontor GmbH", "DE287114906", "Hamburg", "Sandtorkai 41", "20457", "DE"
)
CAR_PARTS = Body(
    "Tbilisi Auto Parts LLC", "405336172", "Tbilisi", "Tsereteli Avenue 142", "0119", "GE"
)
CABLE_MAKER = Body(
    "Tbilisi Cable Works LLC", "404117350", "Tbilisi", "Gurjaani Street 21", "0190", "GE"
)
STEEL_MILL = Body(
    "Iskenderun Celik Hurda AS", "4840213377", "Iskenderun", "Organize Sanayi Bolgesi 7", "31200",
    "TR",
)
OLIVE_OIL = Body(
    "Aydin Zeytinyagi Ticaret AS", "1190447852", "Aydin", "Denizli Bulvari 88", "09020", "TR"
)
PERSIMMON_BUYER = Body(
    "Astrakhan Frukt Torg OOO", "3015098124", "Astrakhan", "Rozhdestvenskogo Street 4", "414018",
    "RU",
)
