"""Finding names by the beginnings of their words, in any script."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TypeVar

Found = TypeVar("Found")


def fold(text: str) -> str:
    """Without case, accents and punctuation: ``Türkiye`` as ``turkiye``, ``Jō-etsu`` as ``jo etsu``.

    Superscripts count as their digits: ``m³`` is found by ``m3``.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in plain if not unicodedata.combining(each)) \
        if not plain.isascii() else plain
    return " ".join(re.findall(r"\w+", plain))


def searchable(*names: str) -> str:
    """Names as ``search`` looks at them: every word has a space before it."""
    return "".join(f" {fold(name)}" for name in dict.fromkeys(names))


def search(texts: Sequence[tuple[Found, str, str]], text: str) -> Iterator[Found]:
    """``texts``: what is looked for, its code in lower case, its searchable names."""
    compact = re.sub(r"[\s.]", "", text).casefold()
    beginnings = [f" {word}" for word in fold(text).split()]
    if not compact:
        return
    by_name = []
    for found, code, names in texts:
        if code.startswith(compact):
            yield found
        elif beginnings and all(word in names for word in beginnings):
            by_name.append(found)
    yield from by_name
