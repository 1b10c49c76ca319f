"""The conditions that agencies of the demo usually set when they approve, in English and Russian."""

from agencies.conditions_of_approval import ConditionTemplate, ConditionTime
from agencies.models import Agency
from agencies.outcomes import Wanted

BEFORE, AFTER = ConditionTime.BEFORE, ConditionTime.AFTER
# By the agency's code: code, English text, Russian text, when.
CONDITIONS: dict[str, tuple[tuple[str, str, str, ConditionTime], ...]] = {
    "phyto": (
        ("PP-01", "Hand over the original phytosanitary certificate at the post of control.",
         "Сдайте подлинник фитосанитарного сертификата на посту контроля.", BEFORE),
        ("PP-02", "Have wooden packaging without the ISPM 15 mark taken off and destroyed.",
         "Снимите и уничтожьте деревянную упаковку без знака МСФМ 15.", BEFORE),
        ("PP-03", "Keep the lot apart for 14 days and report signs of pests at once.",
         "Храните партию отдельно 14 дней и сразу сообщайте о признаках вредителей.", AFTER),
    ),
    "vet": (
        ("VT-01", "Show the printout of the temperature recorder for the whole journey.",
         "Предъявите распечатку термописца за весь путь.", BEFORE),
        ("VT-02", "Keep the goods in the named cold store until the laboratory has answered.",
         "Храните товар в указанном холодильнике до ответа лаборатории.", AFTER),
    ),
    "customs": (
        ("CU-01", "Lodge security for the duty in dispute.",
         "Внесите обеспечение спорной суммы пошлины.", BEFORE),
        ("CU-02", "Hand in the original certificate of origin within 30 days.",
         "Представьте подлинник сертификата о происхождении в течение 30 дней.", AFTER),
        ("CU-03", "Keep the books of this sale ready for a check for three years.",
         "Храните документы этой сделки для проверки три года.", AFTER),
    ),
}


def seed_conditions() -> None:
    """Made once: an agency that has any keeps its own."""
    for agency_code, conditions in CONDITIONS.items():
        agency = Agency.objects.get(code=agency_code)
        if not agency.condition_templates.exists():
            ConditionTemplate.objects.bulk_create(
                ConditionTemplate(agency=agency, code=code, text=text, text_ru=text_ru, when=when)
                for code, text, text_ru, when in conditions
            )


def usual(code: str) -> Wanted:
    """A condition of these by its code, as an officer chooses it."""
    text, when = next(
        (text, when) for every in CONDITIONS.values() for known, text, _ru, when in every
        if known == code
    )
    return Wanted(code, text, when)
