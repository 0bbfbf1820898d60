"""Limits on guessing passwords, for the admin and the API alike.

axes counts failures by e-mail address and network in the database, and locks such a pair for a while; here stand what
it counts as one name, what a locked caller is answered, and a second limit against trying one password on many names.
"""

from datetime import datetime
from math import ceil
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.exceptions import TooManyAttempts
from accounts.models import normalize_email
from core import logs
from core.addresses import client_network
from core.api.limits import Limit

log = logs.get_logger(__name__)

HOUR_SECONDS = 3600
LONGEST_NAME = 254
COUNTING_TRIES = 10


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Return the name under which a failure counts: the stored spelling, so that another spelling is no new name."""
    offered = credentials or request.POST
    name = offered.get("email") or offered.get("username") or ""
    return normalize_email(str(name))[:LONGEST_NAME]


def login_limits(request: HttpRequest, credentials: dict[str, Any] | None) -> tuple[Limit, Limit]:
    """Return the limits on failed logins: of this name from this network, and of the network with any name."""
    name = counted_name(request, credentials)
    columns = ("attempt_time", "failures_since_start", "username")
    failures = list(_recent_failures(request).order_by("attempt_time").values_list(*columns))
    of_name = [(at, count) for at, count, username in failures if username == name]
    of_network = [(at, count) for at, count, _ in failures]
    return (
        _limit("failed-logins", settings.AXES_FAILURE_LIMIT, of_name),
        _limit("failed-logins-of-network", settings.LOGIN_FAILURES_PER_ADDRESS, of_network),
    )


def _limit(name: str, quota: int, failures: list[tuple[datetime, int]]) -> Limit:
    """Return a limit of which `failures`, oldest first, are used; each is forgotten after the cool-off."""
    window = int(settings.AXES_COOLOFF_TIME.total_seconds())
    used = sum(count for _, count in failures)
    ends_at = timezone.now()
    left = used
    for at, count in failures:
        left -= count
        ends_at = at
        if left < quota:
            break
    age_seconds = (timezone.now() - ends_at).total_seconds()
    return Limit(name, quota, window, max(0, quota - used), max(0, ceil(window - age_seconds)))


def _recent_failures(request: HttpRequest) -> QuerySet[AccessAttempt]:
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    found: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(
        ip_address=client_network(request), attempt_time__gte=since
    )
    return found


def locked_out(
    request: HttpRequest, original: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Answer a locked caller: the API's own 429 as it is, and a page for the admin's form."""
    if original is not None and original.status_code == TooManyAttempts.status:
        return original
    refusal = TooManyAttempts(limits=login_limits(request, credentials))
    minutes = ceil(int(refusal.headers["Retry-After"]) / 60)
    response = render(request, "registration/locked_out.html", {"minutes": minutes}, status=refusal.status)
    for name, value in refusal.headers.items():
        response[name] = value
    return response


class AddressLimitBackend(BaseBackend):
    """Stop a login from a network that failed too often of late, whatever names it tried."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Return None, which leaves the decision to the next backend; raise PermissionDenied to end it here."""
        if request is None:
            return
        failures = _recent_failures(request).aggregate(total=Sum("failures_since_start"))["total"] or 0
        if failures >= settings.LOGIN_FAILURES_PER_ADDRESS:
            # The flag by which axes knows not to count this attempt, and its middleware to answer for it.
            request.axes_locked_out = True  # type: ignore[attr-defined]
            raise PermissionDenied


class PatientHandler(AxesDatabaseHandler):  # type: ignore[misc]  # axes has no types
    """Count a failure again when MariaDB ends the transaction of one of two that came at once (a deadlock)."""

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
        """Count the failure. Raises OperationalError when it cannot be counted after some tries."""
        for tries_left in reversed(range(COUNTING_TRIES)):
            try:
                super().user_login_failed(sender, credentials, request, **kwargs)
                break
            except OperationalError:
                if not tries_left:
                    raise


def count_registration(request: HttpRequest) -> tuple[Limit, ...]:
    """Count a registration from the caller's network in this hour and return the limit; raises TooManyAttempts.

    A cache that is away counts nothing and knows no limit: it must not keep people from registering.
    """
    hour, seconds = divmod(int(timezone.now().timestamp()), HOUR_SECONDS)
    key = f"registrations:{client_network(request)}:{hour}"
    try:
        cache.add(key, 0, HOUR_SECONDS)
        count = cache.incr(key)
    except Exception:  # each cache backend has errors of its own
        log.warning("registrations_not_counted", exc_info=True)
        return ()
    quota = settings.REGISTRATIONS_PER_ADDRESS_AND_HOUR
    limit = Limit("registrations", quota, HOUR_SECONDS, max(0, quota - count), HOUR_SECONDS - seconds)
    if count > quota:
        raise TooManyAttempts(limits=[limit])
    return (limit,)
