"""A relay that takes requests to a server and lets the first answers get lost, after the server has done its work."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Relay(ThreadingHTTPServer):
    """Counts what it relays; `losses` answers are yet to be lost, `refusals` requests yet to be put off."""

    daemon_threads = True

    def __init__(self, server: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.target = urlsplit(server).netloc
        self.base = f"http://127.0.0.1:{self.server_address[1]}"
        self.losses = self.refusals = 0
        self.keys: list[str | None] = []


class Handler(BaseHTTPRequestHandler):
    server: Relay

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.keys.append(self.headers["Idempotency-Key"])
        if self.server.refusals:
            self.server.refusals -= 1
            self._answer(429, b'{"code": "throttled", "detail": "wait"}', {"Retry-After": "1"})
            return
        connection = HTTPConnection(self.server.target, timeout=30)
        connection.request("POST", self.path, body, dict(self.headers))
        answer = connection.getresponse()
        content = answer.read()
        if self.server.losses:
            self.server.losses -= 1
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._answer(answer.status, content, {})

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(content)


@contextmanager
def relaying(server: str) -> Iterator[Relay]:
    relay = Relay(server)
    threading.Thread(target=relay.serve_forever, daemon=True).start()
    try:
        yield relay
    finally:
        relay.shutdown()
        relay.server_close()
