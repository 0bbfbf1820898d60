"""Many connections that each send one request after the other, over plain sockets: a light client for a fair ratio."""

import multiprocessing
import socket
import threading
import time
import uuid
from dataclasses import dataclass

PROCESSES = 2


@dataclass(frozen=True)
class Call:
    """A request to repeat; `{key}` in the body or headers becomes a new idempotency key, `{n}` a number."""

    method: str
    path: str
    authorization: str
    body: str = ""
    wallets: int = 1
    expected: int = 200

    def render(self, number: int) -> bytes:
        """Return the bytes of one request."""
        body = self.body.replace("{n}", str(number % self.wallets))
        head = [
            f"{self.method} {self.path.replace('{n}', str(number % self.wallets))} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: {self.authorization}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
        if self.method == "POST":
            head.append(f"Idempotency-Key: {uuid.uuid4().hex}")
        return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


def rate(call: Call, port: int, connections: int, seconds: float) -> float:
    """Return answered requests a second; raise when an answer has another status than the expected one."""
    context = multiprocessing.get_context("fork")
    done = context.Queue()
    each = connections // PROCESSES
    workers = [context.Process(target=_process, args=(call, port, each, seconds, k, done)) for k in range(PROCESSES)]
    for worker in workers:
        worker.start()
    results = [done.get() for _ in workers]
    for worker in workers:
        worker.join()
    for _, problem in results:
        if problem:
            raise RuntimeError(problem)
    return sum(count for count, _ in results) / seconds


def _process(
    call: Call, port: int, connections: int, seconds: float, number: int, done: "multiprocessing.Queue[tuple[int, str]]"
) -> None:
    counts, problems = [0] * connections, []
    end = time.monotonic() + seconds

    def work(index: int) -> None:
        try:
            counts[index] = _repeat(call, port, end, (number * connections + index) * 7919)
        except (OSError, RuntimeError) as error:
            problems.append(str(error))

    threads = [threading.Thread(target=work, args=(index,)) for index in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.put((sum(counts), problems[0] if problems else ""))


def _repeat(call: Call, port: int, end: float, number: int) -> int:
    count = 0
    with socket.create_connection(("127.0.0.1", port), timeout=60) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while time.monotonic() < end:
            link.sendall(call.render(number + count))
            _read_answer(link, call.expected)
            count += 1
    return count


def _read_answer(link: socket.socket, expected: int) -> None:
    data = link.recv(65536)
    while b"\r\n\r\n" not in data:
        data += link.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    while len(body) < length:
        more = link.recv(1 << 20)
        if not more:
            raise RuntimeError("The server closed the connection in the middle of an answer.")
        body += more
    if int(head[9:12]) != expected:
        raise RuntimeError(f"{expected} expected: {head[:200]!r} {body[:300]!r}")
