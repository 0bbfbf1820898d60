"""A receiver of webhooks, in this process or as a process of its own, that does what its path says."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

from config.run.servers import free_port

Received = tuple[str, dict[str, str], bytes]


class Receiver(ThreadingHTTPServer):
    """Answers `?status=`, adds `?header=Name:value`, waits `?hang=` seconds or trickles bytes, notes all it gets."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Answers)
        self.received: list[Received] = []
        self.mood = "200"

    def url(self, query: str = "") -> str:
        return f"http://127.0.0.1:{self.server_port}/hooks{f'?{query}' if query else ''}"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for _, headers, _ in self.received]


class _Answers(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:
            return  # its sender was killed in the middle of it
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append((self.path, headers, body))
        wishes = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if "trickle" in wishes:
            self._trickle()
        time.sleep(float(wishes.get("hang", 0)) if self.server.mood == "200" else 0)
        self.send_response(int(wishes.get("status", self.server.mood)))
        if "header" in wishes:
            self.send_header(*wishes["header"].split(":", 1))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _trickle(self) -> None:
        try:
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass

    def do_GET(self) -> None:
        """Tell what was received, and take a new mood: the answer's status."""
        query = parse_qs(urlsplit(self.path).query)
        self.server.mood = query.get("mood", [self.server.mood])[0]
        told = json.dumps([[path, headers, body.decode()] for path, headers, body in self.server.received]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *args: Any) -> None:
        """Stay quiet."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver in a thread."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class ReceiverProcess:
    """A receiver in a process of its own, which can be killed and started again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/hooks"
        self.start()

    def start(self) -> None:
        command = [sys.executable, __file__, str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.getcwd()})
        assert self.process.stdout is not None
        self.process.stdout.readline()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def answer(self, status: int) -> None:
        """Answer with this status from now on."""
        with urlopen(f"{self.url}?mood={status}"):
            pass

    def received(self) -> list[Any]:
        with urlopen(self.url) as told:
            return json.load(told)


if __name__ == "__main__":
    process = Receiver(int(sys.argv[1]))
    print("ready", flush=True)
    process.serve_forever()
