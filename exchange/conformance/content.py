"""What is no message is refused by its fields or its content, and leaves nothing behind."""

import re
from dataclasses import replace
from uuid import uuid4

from exchange.conformance.trial import Failed, Trial, Unclear, case

_DOCTYPE = b'<!DOCTYPE MetaData [<!ENTITY trial "x">]>'


def _refused(trial: Trial, status: int, code: str, body: bytes | None = None,
             fields: dict[str, str] | None = None) -> None:
    message = trial.message(body, fields=fields or {})
    reply = trial.refused(trial.request(message), status, code, leaves=message.id)
    if status in (400, 422) and not reply.document.get("errors"):
        raise Failed("the answer does not list what is wrong in errors")


@case("What the receiver does, 2", "a message as application/json", "415 media-type",
      "A message is application/xml or text/xml.")
def other_content_type(trial: Trial) -> None:
    _refused(trial, 415, "media-type", fields={"content-type": "application/json"})


@case("A message", "a message as text/xml; charset=utf-8", "201",
      "text/xml is as good, and parameters change nothing.")
def other_xml_type(trial: Trial) -> None:
    message = trial.message(fields={"content-type": "text/xml; charset=utf-8"})
    trial.taken(trial.request(message))


@case("What the receiver does, 2",
      "messages with Position 0, 01, one of 1,000,001, a word; an unknown kind; a Message-Id and a "
      "Movement that are no UUID, or a UUID without hyphens",
      "400 header-invalid with errors, each time", "The fields place the message.")
def fields_out_of_bounds(trial: Trial) -> None:
    for fields in ({"position": "0"}, {"position": "01"}, {"position": "1000001"},
                   {"position": "first"}, {"message-kind": "lost"}, {"movement": "today"},
                   {"movement": uuid4().hex}, {"message-id": "1"}, {"message-id": uuid4().hex}):
        _refused(trial, 400, "header-invalid", fields=fields)


@case("What the receiver does, 2", "four messages, each without one of the fields that place it",
      "400 header-invalid with errors that name it", "The sender's people must find what is missing.")
def fields_missing(trial: Trial) -> None:
    for name in ("message-id", "message-kind", "movement", "position"):
        request = trial.request(trial.message())
        kept = {field: value for field, value in request.headers.items() if field != name}
        reply = trial.refused(replace(request, headers=kept), 400, "header-invalid")
        errors = reply.document.get("errors")
        named = [str(error.get("header")).lower() for error in errors or [] if isinstance(error, dict)]
        if name not in named:
            raise Failed(f"{name} is missing, and errors names {', '.join(named) or 'nothing'}")


@case("What the receiver does, 8", "a message of a kind that was not agreed; then one of a kind that "
      "was, at the same position", "403 kind-not-agreed, then 201",
      "What was not agreed is not taken in, and leaves its place free.")
def kind_not_agreed(trial: Trial) -> None:
    if not trial.other_kind:
        raise Unclear("every kind was agreed: name one that was not with --not-agreed")
    message = trial.message(kind=trial.other_kind)
    trial.refused(trial.request(message), 403, "kind-not-agreed", leaves=message.id)
    trial.taken(trial.request(replace(message, kind=trial.kind)))


@case("What the receiver does, 8", "half of an XML document, an empty body, and bytes that are no XML",
      "422 message-invalid with errors, each time", "What cannot be read must not be acknowledged.")
def malformed_xml(trial: Trial) -> None:
    body = trial.message().body
    for malformed in (body[: len(body) // 2], b"", b"\x00\xff" * 500):
        _refused(trial, 422, "message-invalid", malformed)


@case("What the receiver does, 8", "a good message with a DOCTYPE that declares an entity",
      "422 message-invalid with errors", "Entities are how XML attacks its reader.")
def doctype(trial: Trial) -> None:
    body = trial.message().body.replace(b"?>", b"?>" + _DOCTYPE, 1)
    _refused(trial, 422, "message-invalid", body)


@case("What the receiver does, 8", "a declaration whose number of items is a word",
      "422 message-invalid with errors", "The body is validated, not only parsed.")
def invalid_content(trial: Trial) -> None:
    body = trial.message().body.replace(b"<GoodsItemQuantity>1<", b"<GoodsItemQuantity>one<")
    _refused(trial, 422, "message-invalid", body)


@case("A message", "a declaration without its MRN, and one without the moment of its acceptance",
      "422 message-invalid with errors, each time", "ID and AcceptanceDateTime are always there.")
def number_missing(trial: Trial) -> None:
    for element in (rb"<ID>\d\d[A-Z]{2}TRIAL\w+</ID>",
                    rb"(?s)<AcceptanceDateTime>.*</AcceptanceDateTime>"):
        body = re.sub(element, b"", trial.message().body, count=1)
        _refused(trial, 422, "message-invalid", body)
