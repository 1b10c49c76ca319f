"""Merkle trees as RFC 6962, section 2.1, builds them: leaves and nodes hashed apart."""

import hashlib
from collections.abc import Sequence


def leaf(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(contents: Sequence[bytes]) -> bytes:
    """The hash at the top of the tree over ``contents``; of nothing, the hash of no bytes."""
    if not contents:
        return hashlib.sha256(b"").digest()
    level = [leaf(content) for content in contents]
    while len(level) > 1:
        # Pairs from the left, the odd one carried up: the same tree as RFC 6962's splitting at
        # the largest power of two.
        paired = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]
