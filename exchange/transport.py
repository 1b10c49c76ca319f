"""One call to one partner over HTTP, and what its answer means. No database, no transaction.

Only the partner's own address is called, at the IP address that was judged (TLS still checks the
name): redirects are not followed, proxies named by the environment are not used, an answer is read
up to a limit and within a time.
"""

import asyncio
import json
import ssl
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx

from exchange import addresses, compression, signing
from exchange.limits import (
    CALL_SECONDS,
    COMPRESSED_FROM_BYTES,
    CONNECT_SECONDS,
    MAX_ANSWER_BYTES,
    MAX_RETRY_AFTER,
    READ_SECONDS,
    WRITE_SECONDS,
)
from exchange.models import OutboxMessage, Outcome

_PORTS = {"http": 80, "https": 443}
_TIMEOUT = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS, write=WRITE_SECONDS)
# Raised before a byte of the request has left.
_NOTHING_SENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


@dataclass(slots=True)
class Answer:
    """How a call ended, before its receipt is judged."""

    outcome: Outcome
    detail: str = ""
    http_status: int | None = None
    receipt: str = ""
    retry_after: float | None = None
    headers: dict[str, str] = field(default_factory=dict)
    duration_ms: int = 0


class _TooMuch(Exception):
    """The answer is longer than anything that this protocol answers."""


def send(message: OutboxMessage) -> Answer:
    """POST a message."""
    headers = {
        "Content-Type": "application/xml",
        "Message-Id": str(message.pk),
        "Message-Kind": message.kind,
        "Movement": str(message.movement),
        "Position": str(message.position),
    }
    body = bytes(message.body)
    if message.partner.compresses and len(body) >= COMPRESSED_FROM_BYTES:
        headers["Content-Encoding"] = "gzip"
        body = compression.encode(body)
    return _call("POST", message, "/exchange/v1/messages", headers, body)


def ask(message: OutboxMessage) -> Answer:
    """GET the receipt of a message that may have arrived."""
    answer = _call("GET", message, f"/exchange/v1/messages/{message.pk}", {}, None)
    if answer.http_status == 404 and answer.detail.startswith("message-unknown"):
        answer.outcome = Outcome.ABSENT
    elif answer.outcome is Outcome.UNREACHABLE:
        answer.outcome = Outcome.UNKNOWN  # of this call, not of the one that it asks about
    return answer


def _call(
    method: str, message: OutboxMessage, path: str, headers: Mapping[str, str], body: bytes | None
) -> Answer:
    begun = time.monotonic()
    signed: dict[str, str] = {}
    try:
        partner = message.partner
        url = addresses.checked(partner.base_url, partner.networks) + path
        signed = signing.sign(method, url, headers, body)
        # In a thread of its own: the caller's may have an event loop that runs already.
        with ThreadPoolExecutor(1) as thread:
            status, answer_headers, content = thread.submit(
                asyncio.run, _exchange(method, url, signed, body, partner.networks)
            ).result()
        answer = _read(status, answer_headers, content)
    except addresses.AddressRefused as refused:
        answer = Answer(Outcome.REFUSED, f"address refused: {refused}")
    except _NOTHING_SENT as error:
        answer = Answer(Outcome.UNREACHABLE, _words(error))
    except TimeoutError:
        answer = Answer(Outcome.UNKNOWN, "the answer takes too long")
    except (httpx.HTTPError, httpx.StreamError, _TooMuch) as error:
        answer = Answer(Outcome.UNKNOWN, _words(error))
    answer.detail = _storable(answer.detail)
    answer.headers = {"@method": method, "@target-uri": message.partner.base_url + path} | signed
    answer.duration_ms = int((time.monotonic() - begun) * 1000)
    return answer


async def _exchange(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, networks: Sequence[str]
) -> tuple[int, httpx.Headers, bytes]:
    """Asynchronous for the sake of the deadline: it ends a call wherever that stands, also one
    whose partner sends a byte of its headers now and then."""
    async with asyncio.timeout(CALL_SECONDS):
        target = httpx.URL(url)
        host = target.raw_host.decode()
        try:
            pinned = await asyncio.get_running_loop().run_in_executor(
                None, addresses.resolve, host, target.port or _PORTS[target.scheme], networks
            )
        except OSError as error:
            raise httpx.ConnectError(_words(error)) from error
        async with (
            httpx.AsyncClient(
                timeout=_TIMEOUT, follow_redirects=False, trust_env=False, verify=_authorities()
            ) as client,
            client.stream(
                method, target.copy_with(host=pinned), content=body,
                headers={**headers, "host": target.netloc.decode(), "accept-encoding": "identity"},
                extensions={"sni_hostname": host},
            ) as response,
        ):
            content = b""
            async for chunk in response.aiter_raw():
                content += chunk
                if len(content) > MAX_ANSWER_BYTES:
                    raise _TooMuch("the answer is too long")
            return response.status_code, response.headers, content


@cache
def _authorities() -> ssl.SSLContext:
    """Whose certificates count. Read once: reading them takes longer than all the rest of a call."""
    return httpx.create_ssl_context(trust_env=False)


def _read(status: int, headers: httpx.Headers, content: bytes) -> Answer:
    document = _json(content)
    answer = Answer(Outcome.REFUSED, http_status=status)
    if 200 <= status < 300:
        receipt = document.get("receipt")
        answer.outcome = Outcome.DELIVERED
        answer.receipt = receipt if isinstance(receipt, str) else ""
        return answer
    code, detail = document.get("code"), document.get("detail")
    answer.detail = ": ".join(str(part) for part in (code, detail) if part) or f"HTTP {status}"
    if errors := document.get("errors"):
        answer.detail += "\n" + json.dumps(errors, ensure_ascii=False, indent=1)[:4000]
    answer.retry_after = _retry_after(headers.get("retry-after", ""))
    if 300 <= status < 400:
        answer.detail = f"HTTP {status}: redirects are not followed"
    elif status in (408, 425, 429, 503):
        answer.outcome = Outcome.BUSY
    elif status >= 500 or code == "replayed":
        # It may have been taken in before something broke, or by way of somebody's copy.
        answer.outcome = Outcome.UNKNOWN
    return answer


def _json(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _retry_after(value: str) -> float | None:
    """Seconds to wait (RFC 9110: a number or a date), within our bound."""
    if not value:
        return None
    if value.isascii() and value.isdigit():
        seconds = float(value[:9])
    else:
        try:
            moment = parsedate_to_datetime(value).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), MAX_RETRY_AFTER.total_seconds())


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _storable(text: str) -> str:
    """Without what JSON can say and PostgreSQL cannot keep: zero, and halves of characters."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
