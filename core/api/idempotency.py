"""Repeated HTTP writes that are no ledger entries: one effect, and the first answer again."""

import json
import re
from collections.abc import Callable, Collection
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api.actors import actor_of
from core.exceptions import IdempotencyKeyInvalid, IdempotencyKeyMissing, KeyReused
from core.json_text import canonical
from core.models import IdempotentRequest

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"

View = TypeVar("View", bound=APIView)
Arguments = ParamSpec("Arguments")
Method = Callable[Concatenate[View, Request, Arguments], Response]


def read_key(request: Request, *, required: bool = False, max_length: int = 255) -> str | None:
    """Return the request's idempotency key, None if it has none and needs none.

    Raises IdempotencyKeyInvalid for anything but 1 to `max_length` visible ASCII characters.
    """
    key = request.headers.get(HEADER)
    if key is None:
        if required:
            raise IdempotencyKeyMissing
        return None
    if not re.fullmatch(rf"[!-~]{{1,{max_length}}}", key, re.ASCII):
        raise IdempotencyKeyInvalid(f"Send {HEADER} with 1 to {max_length} visible ASCII characters, without spaces.")
    return key


def idempotent(
    *, required: bool = False, secrets: Collection[str] = ()
) -> Callable[[Method[View, Arguments]], Method[View, Arguments]]:
    """Make a view's write answer a repetition of its key with the first answer, and do nothing again.

    The key's row is written in the transaction of the write itself: an error leaves neither. A simultaneous twin
    waits for the first. Members named in `secrets` are shown once and never stored.
    """

    def decorate(method: Method[View, Arguments]) -> Method[View, Arguments]:
        @wraps(method)
        def answer(view: View, request: Request, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Response:
            key = read_key(request, required=required)
            if key is None:
                return method(view, request, *args, **kwargs)
            fingerprint = _fingerprint(request)
            with transaction.atomic():
                row, first = _claim(_scope(request), key, fingerprint)
                if not first:
                    return _replay(row, fingerprint)
                response = method(view, request, *args, **kwargs)
                _keep(row, response, secrets)
            return response

        return answer

    return decorate


def _scope(request: Request) -> str:
    return f"{actor_of(request)} {request.method} {request.path}"[:255]


def _fingerprint(request: Request) -> str:
    """Return a keyed hash: a plain one of a body with a password could be guessed at."""
    return salted_hmac("core.api.idempotency", canonical(request.data), algorithm="sha256").hexdigest()


def _claim(scope: str, key: str, fingerprint: str) -> tuple[IdempotentRequest, bool]:
    """Insert the key's row, or return the one that is there; the insert waits for a twin's end."""
    values = {"scope": scope, "key": key}
    try:
        with transaction.atomic():
            row = IdempotentRequest.objects.create(**values, fingerprint=fingerprint, created_at=clock.now())
            return row, True
    except IntegrityError:
        return IdempotentRequest.objects.get(**values), False


def _keep(row: IdempotentRequest, response: Response, secrets: Collection[str]) -> None:
    body = json.loads(JSONRenderer().render(response.data) or b"null")
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in secrets}
    row.status, row.body = response.status_code, body
    row.save(update_fields=["status", "body"])


def _replay(row: IdempotentRequest, fingerprint: str) -> Response:
    if row.fingerprint != fingerprint:
        raise KeyReused
    return Response(row.body, status=row.status, headers={REPLAYED: "true"})
