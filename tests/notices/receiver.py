"""A trader's own system that takes webhooks: a real HTTP server on this machine."""

import base64
import hashlib
import hmac
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Arrival:
    id: str
    timestamp: str
    signatures: list[str]
    body: bytes
    path: str


@dataclass
class Receiver:
    """Answers with the next of ``statuses``, then with 204. ``hold`` keeps answers back."""

    statuses: list[int] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    hold: threading.Event | None = None

    def __post_init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.arrivals.append(Arrival(
                    self.headers["webhook-id"], self.headers["webhook-timestamp"],
                    self.headers["webhook-signature"].split(" "), body, self.path,
                ))
                if receiver.hold:
                    receiver.hold.wait(30)
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                try:
                    self.send_response(status)
                    if 300 <= status < 400:
                        self.send_header("Location", receiver.url + "/elsewhere")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    pass

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        if self.hold:
            self.hold.set()
        self.server.shutdown()
        self.server.server_close()


def is_signed(arrival: Arrival, secret: str) -> bool:
    """As docs/notices.md has it, written without the portal's own code."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{arrival.id}.{arrival.timestamp}.".encode() + arrival.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{expected}" in arrival.signatures
