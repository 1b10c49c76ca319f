"""Goods under a treaty: which of them need which permit, by the code list of controlled goods."""

from collections.abc import Mapping
from functools import lru_cache

from declarations import codelists
from declarations.codelists import Code, CodeList


def entries(hs: str) -> Mapping[str, Code]:
    """By permit, the entry of the list that covers a commodity code; empty for most goods."""
    return _covering(codelists.code_list("controlled"), hs)


@lru_cache(maxsize=4096)
def _covering(goods: CodeList, hs: str) -> Mapping[str, Code]:
    found: dict[str, Code] = {}
    for code in goods.codes.values():
        if hs.startswith(code.code):
            found.setdefault(code.more["permit"], code)
    return found
