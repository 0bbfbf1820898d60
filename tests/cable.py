"""A TCP connection that can be cut and mended: a server keeps what it got before the cut, and gets nothing in it."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Cable:
    """A relay on a port of its own to a server's port."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._ends: list[socket.socket] = []
        self._is_cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Break all connections and take no new ones for the length of the block."""
        self._is_cut = True
        while self._ends:
            _close(self._ends.pop())
        try:
            yield
        finally:
            self._is_cut = False

    def close(self) -> None:
        """Break everything for good."""
        self._is_cut = True
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                end, _ = self._listener.accept()
                if self._is_cut:
                    _close(end)
                else:
                    self._join(end, socket.create_connection(("127.0.0.1", self._server_port)))

    def _join(self, client: socket.socket, server: socket.socket) -> None:
        self._ends += [client, server]
        for source, sink in ((client, server), (server, client)):
            threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    _close(sink)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
