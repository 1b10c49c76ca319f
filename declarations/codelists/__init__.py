"""Code lists: who keeps them, which codes they hold, and on which dates a code may be used.

Pure Python. ``registry`` loads each shipped list once; ``lists.toml`` names its source and edition.
Editions that an administrator imports are installed by ``declarations.code_editions``.
"""

from declarations.codelists.registry import (
    Code,
    CodeList,
    Edition,
    as_of,
    code_list,
    codes,
    get,
    in_force,
    install,
    is_valid,
    known,
    lists,
    name,
    names,
    search,
    shipped,
)

__all__ = [
    "Code",
    "CodeList",
    "Edition",
    "as_of",
    "code_list",
    "codes",
    "get",
    "in_force",
    "install",
    "is_valid",
    "known",
    "lists",
    "name",
    "names",
    "search",
    "shipped",
]
