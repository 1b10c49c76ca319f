"""What is no message is refused by its fields or its content, and leaves nothing behind."""

from exchange.conformance.trial import Failed, Trial, case

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


@case("What the receiver does, 2", "a message with Content-Encoding: gzip", "415 media-type",
      "There is no Content-Encoding: the digest is of the body as sent.")
def compressed(trial: Trial) -> None:
    _refused(trial, 415, "media-type", fields={"content-encoding": "gzip"})


@case("What the receiver does, 2",
      "messages with Position 0, one of 1,000,001, an unknown kind, a Movement that is no UUID",
      "400 header-invalid with errors, each time", "The fields place the message.")
def fields_out_of_bounds(trial: Trial) -> None:
    for fields in ({"position": "0"}, {"position": "1000001"}, {"message-kind": "lost"},
                   {"movement": "today"}):
        _refused(trial, 400, "header-invalid", fields=fields)


@case("What the receiver does, 8", "a body that is cut in the middle",
      "422 message-invalid with errors", "What cannot be read must not be acknowledged.")
def malformed_xml(trial: Trial) -> None:
    body = trial.message().body
    _refused(trial, 422, "message-invalid", body[: len(body) // 2])


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
