"""Digits as keyboards of the region write them, for fields that hold codes, numbers and days."""

# Persian and Arabic digits, the Arabic point before decimals, and the Arabic mark of thousands.
_LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫", "01234567890123456789.", "٬")


def latin(text: str) -> str:
    """``text`` with the digits that a message is written in: “۱۲٬۳۴۵٫۵” is “12345.5”."""
    return text.translate(_LATIN)
