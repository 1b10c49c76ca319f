"""Content-Encoding: gzip, where partners agreed it.

The digest and the signature are over what goes over the wire (RFC 9530: Content-Digest is of the
encoded content), the receipt over the message itself.
"""

import gzip
import zlib

from exchange.limits import MAX_MESSAGE_BYTES

_GZIP = 16 + zlib.MAX_WBITS


class NotReadable(ValueError):
    """It is not one whole gzip member."""


class TooLarge(ValueError):
    """It expands to more than a message may have."""


def encode(body: bytes) -> bytes:
    """The same bytes each time: no time of day is in them."""
    return gzip.compress(body, mtime=0)


def decode(encoded: bytes, limit: int = MAX_MESSAGE_BYTES) -> bytes:
    """The message, never expanded beyond ``limit`` bytes. Raises NotReadable or TooLarge."""
    reader = zlib.decompressobj(_GZIP)
    try:
        body = reader.decompress(encoded, limit + 1)
    except zlib.error as error:
        raise NotReadable(str(error)) from error
    if len(body) > limit:
        raise TooLarge
    if not reader.eof or reader.unused_data:
        raise NotReadable("it is cut, or something follows it")
    return body
