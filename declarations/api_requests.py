"""What a request to the REST interface carries, read within its limits before anything is parsed."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from rest_framework.exceptions import UnsupportedMediaType, ValidationError
from rest_framework.request import Request

from declarations import bundles
from declarations.bundles import Part
from declarations.problems import LengthRequired, TooLarge

XML_TYPES = {"application/xml", "text/xml"}
JSON_TYPES = {"application/json"}
ZIP_TYPES = {"application/zip", "application/x-zip-compressed"}


def parts_of(request: Request) -> Iterator[Part]:
    content_type = media_type(request)
    if content_type in ZIP_TYPES:
        return bundles.of_zip(read_body(request, bundles.MAX_BUNDLE_BYTES))
    if content_type == "multipart/form-data":
        check_length(request, bundles.MAX_BUNDLE_BYTES)
        return bundles.of_multipart(request._request)
    raise UnsupportedMediaType(content_type, _(
        "A batch is sent as application/zip or multipart/form-data. Set the Content-Type header."
    ))


def read_body(request: Request, limit: int) -> bytes:
    """The body; one that is too large is refused by its announced size, before a byte is read."""
    check_length(request, limit)
    return request._request.read(limit)


def check_length(request: Request, limit: int) -> None:
    announced = request.META.get("CONTENT_LENGTH") or ""
    if not announced.isdigit() and request.META.get("HTTP_TRANSFER_ENCODING"):
        raise LengthRequired(_("Send the length of the body in Content-Length, not in chunks."))
    if announced.isdigit() and int(announced) > limit:
        raise TooLarge(
            _("The body has %(size)s bytes; at most %(max)s are taken. Split it into several.")
            % {"size": announced, "max": limit}
        )


def media_type(request: Request) -> str:
    return (request.META.get("CONTENT_TYPE") or "").partition(";")[0].strip().lower()


def profile_of(request: Request) -> str:
    name = request.query_params.get("profile") or request.headers.get("Profile") or "carec"
    if not name.isprintable():
        raise ValidationError({"profile": [_("This is no name of a profile.")]})
    return name
