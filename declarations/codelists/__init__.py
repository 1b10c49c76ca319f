"""Code lists: who keeps them, which codes they hold, and on which dates a code may be used.

Pure Python. ``registry`` loads each list once; ``lists.toml`` names its source and edition.
"""

from declarations.codelists.registry import (
    Code,
    CodeList,
    code_list,
    codes,
    get,
    is_valid,
    lists,
    name,
    search,
)

__all__ = [
    "Code",
    "CodeList",
    "code_list",
    "codes",
    "get",
    "is_valid",
    "lists",
    "name",
    "search",
]
