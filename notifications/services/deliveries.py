"""Deliveries: take what is due, try it side by side, write down what came of it.

A taken delivery is due again after LEASE, so that what a killed worker had taken is tried by another one: each message
arrives at least once, under one id.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from core import clock, logs
from core.exceptions import NotFound

from ..channels import Undelivered
from ..exceptions import DeliveryWaiting, EndpointDisabled
from ..models import Delivery
from ..models.deliveries import DEAD, SENT, WAITING, DeliveryQuerySet
from .endpoints import note_failure, note_success
from .parcels import Parcel, parcels_of
from .schedule import wait_after

THREADS = 8
# At once to one place; to one that fails only a probe.
MOST_TO_ONE_PLACE, MOST_TO_A_FAILING_PLACE = 100, 1
MOST_TAKEN = 400
KEPT_DAYS = 30
CHUNK = 5_000

log = logs.get_logger(__name__)


@dataclass
class Round:
    """One turn of sending: it starts nothing after `ends_at`, and leaves alone a place that does not answer."""

    ends_at: float
    silent: set[object] = field(default_factory=set)

    def attempt(self, parcel: Parcel) -> Undelivered | bool:
        """Try a delivery; return True, how it failed, or False if it was not tried."""
        if time.monotonic() > self.ends_at or parcel.place in self.silent:
            return False
        try:
            parcel.send()
        except Undelivered as failure:
            if failure.is_unreachable or failure.pause:
                self.silent.add(parcel.place)
            return failure
        except Exception as error:
            log.exception("delivery_broken", delivery=parcel.id)
            return Undelivered(f"{type(error).__name__}: {error}"[:300])
        return True


def send_deliveries() -> int:
    """Try the deliveries that are due now, and return how many were taken; safe to run many times at once."""
    taken = take_due(at=clock.now())
    if not taken:
        return 0
    parcels = parcels_of(taken)
    turn = Round(time.monotonic() + settings.WEBHOOK_TIMEOUT_SECONDS * 2)
    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = list(pool.map(turn.attempt, parcels))
    _record(taken, outcomes, clock.now())
    return len(taken)


def take_due(*, at: datetime) -> list[Delivery]:
    """Take deliveries that are due, a share of each place's, so that no place keeps the others waiting."""
    place = Window(RowNumber(), partition_by=["channel", "endpoint"], order_by=["next_attempt_at", "id"])
    ranked = DeliveryQuerySet(Delivery).due(at).annotate(rank=place, failing=F("endpoint__failing_since"))
    share = ranked.filter(rank__lte=MOST_TO_ONE_PLACE).order_by("rank").values_list("id", "rank", "failing")
    ids = [pk for pk, rank, failing in share[:MOST_TAKEN] if not failing or rank <= MOST_TO_A_FAILING_PLACE]
    with transaction.atomic():
        free = Delivery.objects.select_for_update(skip_locked=True).filter(id__in=ids, next_attempt_at__lte=at)
        mine = list(free.values_list("id", flat=True))
        lease = timedelta(seconds=settings.WEBHOOK_TIMEOUT_SECONDS * 4)
        Delivery.objects.filter(id__in=mine).update(next_attempt_at=at + lease)
    wanted = Delivery.objects.filter(id__in=mine).select_related("endpoint", "notice")
    return list(wanted.order_by("id"))


def redeliver(*, delivery_id: UUID, endpoint_id: UUID | None = None) -> Delivery:
    """Send a delivery that has ended once more, under its old id.

    Raises NotFound for one of another endpoint, DeliveryWaiting for one that is on its way, and EndpointDisabled.
    """
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
        if delivery is None or (endpoint_id is not None and delivery.endpoint_id != endpoint_id):
            raise NotFound
        if delivery.status == WAITING:
            raise DeliveryWaiting
        if delivery.endpoint is not None and delivery.endpoint.disabled_at is not None:
            raise EndpointDisabled
        Delivery.objects.filter(pk=delivery_id).update(
            status=WAITING, attempts=0, next_attempt_at=clock.now(), ended_at=None
        )
    delivery.refresh_from_db()
    return delivery


def purge_sent(*, at: datetime) -> None:
    """Delete deliveries that arrived more than 30 days ago; dead ones stay until somebody looked at them."""
    old = Delivery.objects.filter(status=SENT, ended_at__lt=at - timedelta(days=KEPT_DAYS))
    while ids := list(old.values_list("id", flat=True)[:CHUNK]):
        Delivery.objects.filter(id__in=ids).delete()


def _record(taken: Sequence[Delivery], outcomes: Sequence[Undelivered | bool], at: datetime) -> None:
    pairs = list(zip(taken, outcomes, strict=True))
    sent = [delivery for delivery, outcome in pairs if outcome is True]
    Delivery.objects.filter(id__in=[one.pk for one in sent], status=WAITING).update(
        status=SENT, attempts=F("attempts") + 1, next_attempt_at=None, ended_at=at, last_error=""
    )
    note_success(endpoints={one.endpoint for one in sent if one.endpoint})
    left = [delivery.pk for delivery, outcome in pairs if outcome is False]
    Delivery.objects.filter(id__in=left, status=WAITING).update(next_attempt_at=at)
    for delivery, outcome in pairs:
        if isinstance(outcome, Undelivered):
            _record_failure(delivery, outcome, at)


def _record_failure(delivery: Delivery, failure: Undelivered, at: datetime) -> None:
    wait = None if failure.is_final else wait_after(delivery.attempts + 1)
    ended = wait is None
    next_attempt_at = None if wait is None else at + max(wait, failure.pause or timedelta(0))
    Delivery.objects.filter(pk=delivery.pk, status=WAITING).update(
        status=DEAD if ended else WAITING,
        attempts=F("attempts") + 1,
        next_attempt_at=next_attempt_at,
        ended_at=at if ended else None,
        last_error=str(failure)[:500].replace("\0", ""),
    )
    if delivery.endpoint_id is not None:
        note_failure(endpoint_id=delivery.endpoint_id, failure=failure, at=at)
