"""Code lists that are closed: a schema can hold them, because a new code means a new version.

Open lists (countries, currencies, units, packages, HS codes) are data of the portal and are
checked by business rules on the date of filing.
"""

from __future__ import annotations

from dataclasses import dataclass

from .i18n import gettext_noop as _


@dataclass(frozen=True, slots=True)
class ClosedList:
    """``values``: code to English label. ``source``: who keeps the list."""

    name: str
    source: str
    values: dict[str, str]

    def __hash__(self) -> int:
        return hash(self.name)


FUNCTION = ClosedList(
    "MessageFunction",
    "UN/EDIFACT 1225, part",
    {
        "1": _("Cancellation"),
        "4": _("Change"),
        "5": _("Replacement"),
        "9": _("Original"),
        "13": _("Request"),
    },
)
CONTAINER = ClosedList(
    "ContainerIndicator", "WCO", {"0": _("Not in containers"), "1": _("In containers")}
)
TRANSPORT_MODE = ClosedList(
    "TransportMode",
    "UN/ECE Recommendation 19",
    {
        "0": _("Not specified"),
        "1": _("Sea"),
        "2": _("Rail"),
        "3": _("Road"),
        "4": _("Air"),
        "5": _("Mail"),
        "6": _("Multimodal"),
        "7": _("Fixed installation"),
        "8": _("Inland water"),
        "9": _("Not applicable"),
    },
)
INCOTERMS = ClosedList(
    "Incoterms",
    "ICC Incoterms 2020, with DAT, DAF, DES, DEQ and DDU of earlier editions",
    {
        "EXW": _("Ex works"),
        "FCA": _("Free carrier"),
        "FAS": _("Free alongside ship"),
        "FOB": _("Free on board"),
        "CFR": _("Cost and freight"),
        "CIF": _("Cost, insurance and freight"),
        "CPT": _("Carriage paid to"),
        "CIP": _("Carriage and insurance paid to"),
        "DAP": _("Delivered at place"),
        "DPU": _("Delivered at place unloaded"),
        "DDP": _("Delivered duty paid"),
        "DAT": _("Delivered at terminal"),
        "DAF": _("Delivered at frontier"),
        "DES": _("Delivered ex ship"),
        "DEQ": _("Delivered ex quay"),
        "DDU": _("Delivered duty unpaid"),
    },
)
AGENT_STATUS = ClosedList(
    "AgentStatus",
    "EU data element 13 06 030",
    {"1": _("Declarant"), "2": _("Direct representative"), "3": _("Indirect representative")},
)
CITES_APPENDIX = ClosedList(
    "CITESAppendix",
    "CITES, articles II and XV",
    {"I": _("Appendix I"), "II": _("Appendix II"), "III": _("Appendix III"), "N": _("Not listed")},
)
CITES_SOURCE = ClosedList(
    "CITESSource",
    "CITES Resolution Conf. 12.3 (Rev. CoP19)",
    {
        "W": _("Taken from the wild"),
        "X": _("Taken in the marine environment outside any State"),
        "R": _("Ranched"),
        "D": _("Appendix I, bred or propagated for trade in a registered operation"),
        "A": _("Artificially propagated plants"),
        "Y": _("Assisted production of plants"),
        "C": _("Bred in captivity"),
        "F": _("Born in captivity"),
        "U": _("Unknown"),
        "I": _("Confiscated or seized"),
        "O": _("Pre-Convention"),
    },
)
CITES_PURPOSE = ClosedList(
    "CITESPurpose",
    "CITES Resolution Conf. 12.3 (Rev. CoP19)",
    {
        "T": _("Commercial"),
        "Z": _("Zoo"),
        "G": _("Botanical garden"),
        "Q": _("Circus or travelling exhibition"),
        "S": _("Scientific"),
        "H": _("Hunting trophy"),
        "P": _("Personal"),
        "M": _("Medical"),
        "E": _("Educational"),
        "N": _("Reintroduction into the wild"),
        "B": _("Breeding or artificial propagation"),
        "L": _("Law enforcement"),
    },
)
RESPONSE_FUNCTION = ClosedList(
    "ResponseFunction",
    "WCO Response, UK usage",
    {
        "01": _("Accepted"),
        "02": _("Received"),
        "03": _("Rejected"),
        "05": _("Control"),
        "06": _("Documents required"),
        "07": _("Release decision"),
        "08": _("Goods released"),
        "09": _("Cleared"),
        "10": _("Invalidated"),
        "11": _("Answer to a request"),
        "13": _("Tax due"),
        "14": _("Payment requested"),
        "15": _("Payment reminder"),
        "16": _("Exit"),
        "18": _("Goods exit"),
    },
)
