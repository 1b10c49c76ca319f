"""One call of a webhook over HTTP. No database, no transaction.

The address that was judged is the one that is called (TLS still checks the name), redirects are not
followed, proxies named by the environment are not used, and of the answer only its status counts.
"""

import asyncio
import ssl
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import httpx

from portal.notices.addresses import AddressRefused, checked, resolve

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
# One whole call, the look-up of the name and slow drips included; shorter than the lease.
CALL_SECONDS = 20.0
_TIMEOUT = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)


@dataclass(frozen=True, slots=True)
class Answer:
    """``gone``: the receiver says that nothing shall come any more (410)."""

    taken: bool
    http_status: int | None
    duration_ms: int
    detail: str = ""

    @property
    def gone(self) -> bool:
        return self.http_status == 410


def post(url: str, headers: Mapping[str, str], body: str) -> Answer:
    """POST the body; never raises for what the other side does."""
    begun = time.monotonic()
    status, detail = None, ""
    try:
        # In a thread of its own: the caller's may have an event loop that runs already.
        with ThreadPoolExecutor(1) as thread:
            status = thread.submit(asyncio.run, _exchange(url, headers, body)).result()
    except AddressRefused as refused:
        detail = f"address refused: {refused}"
    except TimeoutError:
        detail = f"no answer within {CALL_SECONDS:.0f} s"
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        detail = f"{type(error).__name__}: {error}".removesuffix(": ")
    taken = status is not None and 200 <= status < 300
    if status is not None and not taken:
        redirected = 300 <= status < 400
        detail = "redirects are not followed" if redirected else f"HTTP {status}"
    duration = int((time.monotonic() - begun) * 1000)
    return Answer(taken, status, duration, detail.replace("\0", "")[:500])


async def _exchange(url: str, headers: Mapping[str, str], body: str) -> int:
    async with asyncio.timeout(CALL_SECONDS):
        target = httpx.URL(checked(url))
        host = target.host
        port = target.port or (443 if target.scheme == "https" else 80)
        address = await asyncio.get_running_loop().run_in_executor(None, resolve, host, port)
        async with (
            httpx.AsyncClient(
                timeout=_TIMEOUT, follow_redirects=False, trust_env=False, verify=_authorities()
            ) as client,
            client.stream(
                "POST", target.copy_with(host=address), content=body.encode(),
                headers={
                    "content-type": "application/json", "user-agent": "trade-single-window",
                    "accept-encoding": "identity", "host": target.netloc.decode(), **headers,
                },
                extensions={"sni_hostname": host},
            ) as response,
        ):
            return response.status_code


@cache
def _authorities() -> ssl.SSLContext:
    """Whose certificates count. Read once: reading them takes longer than all the rest of a call."""
    return httpx.create_ssl_context(trust_env=False)
