"""Content-Encoding: gzip, where it was agreed and where not. What it means is docs/exchange.md's."""

import gzip

from exchange.conformance.messages import (
    COMPRESSED,
    Message,
    Signing,
    compressed,
    digest,
    stretched,
)
from exchange.conformance.trial import Failed, Trial, case, now
from exchange.conformance.wire import MAX_BYTES

_SIGNED = Signing(covered=COMPRESSED)


def _agreed(trial: Trial) -> bool:
    return trial.gzip


def _not_agreed(trial: Trial) -> bool:
    return not trial.gzip


def _refused(trial: Trial, message: Message, status: int, code: str,
             how: Signing = _SIGNED) -> None:
    reply = trial.refused(trial.request(message, how), status, code, leaves=message.id)
    if status == 422 and not reply.document.get("errors"):
        raise Failed("the answer does not list what is wrong in errors")


@case("Compression", "a message in gzip, whose signature does not cover content-encoding",
      "415 media-type", "Who does not sign how to read the bytes has not signed the message.")
def gzip_not_signed(trial: Trial) -> None:
    _refused(trial, compressed(trial.message()), 415, "media-type", Signing())


@case("Compression", "a message with Content-Encoding: br, signed", "415 media-type",
      "gzip is the only encoding that can be agreed.")
def other_encoding(trial: Trial) -> None:
    message = trial.message(fields={"content-encoding": "br"})
    _refused(trial, message, 415, "media-type")


@case("Compression", "a message in gzip, signed, though it was not agreed", "415 media-type",
      "A receiver that never agreed to it need not be able to read it.", _not_agreed)
def gzip_not_agreed(trial: Trial) -> None:
    _refused(trial, compressed(trial.message()), 415, "media-type")


@case("Compression", "a message in gzip; then the same message plain",
      "201 with a receipt over the plain bytes, then 200 with the same receipt",
      "The encoding is of the wire; the message and its proof are the same without it.", _agreed)
def gzip_taken(trial: Trial) -> None:
    message, sent_at = trial.message(), now()
    receipt = trial.taken(trial.request(compressed(message), _SIGNED))
    trial.proven(receipt, message, sent_at)
    if trial.taken(trial.request(message), 200) != receipt:
        raise Failed("the same message sent plain got another receipt")


@case("Compression", "a message in gzip with the Content-Digest of its plain bytes",
      "400 digest-wrong", "Content-Digest is of the bytes that go over the wire (RFC 9530).", _agreed)
def gzip_digest_of_plain(trial: Trial) -> None:
    message = trial.message()
    plain = {"content-digest": digest(message.body)}
    _refused(trial, compressed(trial.message(message.body, fields=plain)), 400, "digest-wrong")


@case("Compression", "plain bytes said to be gzip; gzip cut short; gzip with bytes after its end",
      "422 message-invalid with errors, each time", "It is one whole member of gzip.", _agreed)
def gzip_unreadable(trial: Trial) -> None:
    whole = gzip.compress(trial.message().body)
    for encoded in (trial.message().body, whole[: len(whole) // 2], whole + whole):
        _refused(trial, compressed(trial.message(), encoded), 422, "message-invalid")


@case("Compression", "a few kilobytes of gzip that expand to one byte more than 10 MiB",
      "413 too-large", "The bound is of the message: a bomb must not be unpacked.", _agreed)
def gzip_bomb(trial: Trial) -> None:
    message = trial.message(stretched(trial.message().body, MAX_BYTES + 1))
    _refused(trial, compressed(message), 413, "too-large")
