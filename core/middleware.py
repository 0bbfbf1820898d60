"""What stands around every request: its id, its log line, and the refusal of NUL in a URL."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from core import logs, request_ids
from core.api.problem_responses import problem_response
from core.exceptions import BadRequest

log = logs.get_logger("request")


class RequestMiddleware:
    """Give each request an id, answer with it, and write one log line when it ends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = request_ids.begin(request.headers.get(request_ids.HEADER))
        began = time.perf_counter()
        try:
            response = self._answer(request)
            response.headers[request_ids.HEADER] = request_ids.current()
            seconds = time.perf_counter() - began
            log.info(
                "request_finished",
                method=request.method,
                path=request.path,
                status=response.status_code,
                milliseconds=round(seconds * 1000, 1),
            )
            return response
        finally:
            request_ids.end(token)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        # No database of ours stores NUL: PostgreSQL's driver would raise deep inside a view.
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return problem_response(BadRequest("Remove the NUL character from the URL."), request)
        return self.get_response(request)
