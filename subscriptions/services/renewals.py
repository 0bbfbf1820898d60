"""Take the step that is due for subscriptions: the next period, the request for its price, or the end."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from core import logs

from ..models import Subscription
from ..selectors.subscriptions import RELATED
from .cycles import end, renew
from .sheet import Sheet, new_sheet

CHUNK = 200

log = logs.get_logger(__name__)


def advance_due(by: datetime) -> bool:
    """Take the next step of what is due by an instant, the earliest first; tell whether nothing is due any more.

    What can't be advanced is logged, left due, and stands in nobody's way.
    """
    failed: set[UUID] = set()
    while due := list(_due(by).exclude(pk__in=failed)[:CHUNK]):
        try:
            if not _advance_all(due):
                return False
        except Exception as error:
            log.warning("subscriptions_advanced_singly", subscriptions=len(due), exc_info=error)
            failed |= {subscription_id for subscription_id in due if not _advance_one(subscription_id)}
    return True


def _due(by: datetime) -> QuerySet[Subscription, UUID]:
    due = Subscription.objects.filter(due_at__lte=by).order_by("due_at", "id")
    return due.values_list("pk", flat=True)


def _advance_one(subscription_id: UUID) -> bool:
    try:
        _advance_all([subscription_id])
    except Exception as error:
        log.error("subscription_not_advanced", subscription=str(subscription_id), exc_info=error)
        return False
    return True


def _advance_all(ids: Sequence[UUID]) -> int:
    """Take one step of each subscription that is due and that nobody else is at; return how many there were."""
    with new_sheet() as sheet:
        due = Subscription.objects.filter(pk__in=ids, due_at__lte=sheet.now)
        locked = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True))
        for subscription in due.filter(pk__in=locked).select_related(*RELATED).order_by("due_at", "id"):
            _advance(sheet, subscription)
    return len(locked)


def _advance(sheet: Sheet, subscription: Subscription) -> None:
    due_at = subscription.due_at or sheet.now
    if subscription.grace_ends_at is not None:
        end(sheet, subscription, "unpaid", due_at)
    elif subscription.status == "cancelled":
        end(sheet, subscription, "cancelled", due_at)
    elif not subscription.auto_renew:
        end(sheet, subscription, "not_renewed", due_at)
    else:
        renew(sheet, subscription, due_at)
