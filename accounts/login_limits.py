"""Limits on guessing passwords, for the admin and the API alike.

axes counts failures by e-mail address and network in the database, and locks such a pair for a while; here stand what
it counts as one name, what a locked caller is answered, and a second limit against trying one password on many names.
"""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.exceptions import TooManyAttempts
from accounts.models import normalize_email
from core import logs
from core.addresses import client_network

log = logs.get_logger(__name__)

HOUR_SECONDS = 3600
LONGEST_NAME = 254
COUNTING_TRIES = 10


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Return the name under which a failure counts: the stored spelling, so that another spelling is no new name."""
    offered = credentials or request.POST
    name = offered.get("email") or offered.get("username") or ""
    return normalize_email(str(name))[:LONGEST_NAME]


def retry_after_seconds() -> int:
    """Return how long a locked caller must wait at most."""
    return int(settings.AXES_COOLOFF_TIME.total_seconds())


def locked_out(
    request: HttpRequest, original: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Answer a locked caller: the API's own 429 as it is, and a page for the admin's form."""
    if original is not None and original.status_code == TooManyAttempts.status:
        return original
    seconds = retry_after_seconds()
    response = render(request, "registration/locked_out.html", {"minutes": seconds // 60}, status=429)
    response["Retry-After"] = str(seconds)
    return response


class AddressLimitBackend(BaseBackend):
    """Stop a login from a network that failed too often of late, whatever names it tried."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Return None, which leaves the decision to the next backend; raise PermissionDenied to end it here."""
        if request is None:
            return
        since = timezone.now() - settings.AXES_COOLOFF_TIME
        recent = AccessAttempt.objects.filter(ip_address=client_network(request), attempt_time__gte=since)
        failures = recent.aggregate(total=Sum("failures_since_start"))["total"] or 0
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


def count_registration(request: HttpRequest) -> None:
    """Count a registration from the caller's network. Raises TooManyAttempts beyond the hourly limit.

    A cache that is away counts nothing: it must not keep people from registering.
    """
    key = f"registrations:{client_network(request)}"
    try:
        cache.add(key, 0, HOUR_SECONDS)
        count = cache.incr(key)
    except Exception:  # each cache backend has errors of its own
        log.warning("registrations_not_counted", exc_info=True)
        return
    if count > settings.REGISTRATIONS_PER_ADDRESS_AND_HOUR:
        raise TooManyAttempts(retry_after_seconds=HOUR_SECONDS)
