"""Metering for Flask, and whatever else speaks WSGI."""

from collections.abc import Callable, Iterable, Iterator
from contextvars import copy_context
from http import HTTPStatus
from itertools import chain
from typing import Any

from .answers import refusal, settle
from .begin import begin
from .client import Client
from .config import MeteringConfig, Request
from .context import recording
from .metering import Metering
from .problems import ScripError
from .streams import ThreadStream

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]
# An answer that says that it is at most so long is settled before its headers; any other is a stream.
MOST_PLAIN_BYTES = 1_048_576
END = object()


class CreditMeteringMiddleware:
    """Holds, runs the application, settles. For Flask: `app.wsgi_app = CreditMeteringMiddleware(app.wsgi_app, …)`."""

    def __init__(self, app: App, *, client: Client, config: MeteringConfig) -> None:
        self._app, self._client, self._config = app, client, config

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request = _request(environ)
        operation = self._config.operation_of(request.path)
        if operation is None:
            return self._app(environ, start_response)
        try:
            metering = begin(self._client, request, operation, self._config)
        except ScripError as error:
            status, headers, body = refusal(error, request.path, self._client.terms.base_url)
            start_response(f"{status} {HTTPStatus(status).phrase}", list(headers.items()))
            return [body]
        try:
            return self._run(environ, Answer(start_response), metering, request.path)
        except BaseException:
            self._client.run(metering.release())
            raise

    def _run(self, environ: Environ, answer: "Answer", metering: Metering, path: str) -> Iterable[bytes]:
        with recording(metering.recorder):
            # One context for all that runs of the application: it may reset what it has set there.
            context = copy_context()
        chunks = context.run(_started, answer, context.run(self._app, environ, answer.start))
        if answer.status < 400 and not answer.is_plain:
            answer.send(metering)
            media_type = answer.headers.get("content-type", "")
            return ThreadStream(chunks, metering, self._client, media_type, path, context)
        body = context.run(b"".join, chunks)
        context.run(chunks.close)
        self._client.run(settle(metering, answer.status, answer.headers, body))
        answer.send(metering)
        return [body]


class Answer:
    """What an application says before its body; it is held back until the headers can tell what was consumed."""

    def __init__(self, start_response: StartResponse) -> None:
        self._start_response = start_response
        self._line, self._pairs, self._is_sent = "", [("", "")], False
        self.written: list[bytes] = []
        self.status = 0

    def start(self, line: str, pairs: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        """Take what the application passes to `start_response` (PEP 3333)."""
        if exc_info is not None and self._is_sent:
            raise exc_info[1].with_traceback(exc_info[2])
        self._line, self._pairs, self.status = line, pairs, int(line[:3])
        return self.written.append

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self._pairs}

    @property
    def is_plain(self) -> bool:
        length = self.headers.get("content-length", "")
        return length.isdigit() and int(length) <= MOST_PLAIN_BYTES

    def send(self, metering: Metering) -> None:
        """Pass the headers on, with those of the metering."""
        self._is_sent = True
        self._start_response(self._line, [*self._pairs, *metering.headers().items()])


class _Chunks:
    """What was written and iterated before the headers were known, then the rest of the source."""

    def __init__(self, before: Iterable[bytes], rest: Iterator[bytes], source: Any) -> None:
        self._chunks, self._source = chain(before, rest), source

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        """Close the source, as WSGI servers do."""
        if hasattr(self._source, "close"):
            self._source.close()


def _started(answer: Answer, source: Iterable[bytes]) -> _Chunks:
    """Return the chunks of a source, read on until it has told its status."""
    rest: Iterator[Any] = iter(source)
    early: list[Any] = []
    while not answer.status and (chunk := next(rest, END)) is not END:
        early.append(chunk)
    return _Chunks(chain(answer.written, early), rest, source)


def _request(environ: Environ) -> Request:
    names = ("CONTENT_TYPE", "CONTENT_LENGTH")
    headers = {name[5:]: value for name, value in environ.items() if name.startswith("HTTP_")}
    headers |= {name: environ[name] for name in names if name in environ}
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    path = path.encode("latin-1").decode(errors="replace")
    texts = {name.replace("_", "-").lower(): text for name, text in headers.items()}
    return Request(environ["REQUEST_METHOD"], path, texts, environ)
