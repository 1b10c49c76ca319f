"""Transit messages written by hand from docs/transit.md, sharing no code with the portal."""

from datetime import UTC, datetime, timedelta

ROOTS = {
    "transit_announced": "AnticipatedArrival", "transit_passed": "BorderPassage",
    "transit_arrived": "ArrivalAdvice", "transit_controlled": "ControlResult",
    "transit_discharged": "Discharge", "transit_incident": "Incident",
    "transit_enquired": "Enquiry", "transit_answered": "EnquiryAnswer",
    "transit_recovered": "Recovery", "transit_changed": "MovementChange",
    "transit_cancelled": "Cancellation",
}


def stamp(ahead: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + ahead).strftime("%Y-%m-%dT%H:%M:%SZ")


def document(root: str, mrn: str, departure: str, inside: str = "", at: str = "") -> bytes:
    return (
        f'<{root} xmlns="urn:single-window:transit:1"><MRN>{mrn}</MRN>'
        f"<DepartureCountry>{departure}</DepartureCountry><At>{at or stamp()}</At>{inside}</{root}>"
    ).encode()


def announcement(*offices: str) -> str:
    stops = "".join(
        f"<Stop><Office>{office}</Office><Country>{office[:2]}</Country>"
        f"<Part>{'departure' if n == 0 else 'destination' if n == len(offices) - 1 else 'transit'}"
        "</Part></Stop>"
        for n, office in enumerate(offices)
    )
    return (
        "<Principal>Aktobe Ferro Export LLP</Principal><Goods>Ferro-chromium in big bags</Goods>"
        "<Commodity>720241</Commodity><GrossMass>80160</GrossMass><Packages>80</Packages>"
        "<Vehicle>54829130</Vehicle><Seal>KZ8840112</Seal><Seal>KZ8840113</Seal>"
        f"<TimeLimit>{stamp(timedelta(days=8))}</TimeLimit>{stops}"
    )


def passage(office: str, seals: str = "intact") -> str:
    return f"<Office>{office}</Office><Seals>{seals}</Seals>"
