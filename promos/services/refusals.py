"""Count what was refused."""

from django.db import IntegrityError, transaction
from django.db.models import F

from core import clock

from ..models import RefusalCount


def count_refusal(*, reason: str) -> None:
    """Add one to the day's count of a reason."""
    today = clock.now().date()
    counts = RefusalCount.objects.filter(date=today, reason=reason)
    if not counts.update(count=F("count") + 1):
        try:
            with transaction.atomic():
                RefusalCount.objects.create(date=today, reason=reason, count=1)
        except IntegrityError:
            counts.update(count=F("count") + 1)
