"""Tell that a budget has been reached to 50, 80 or 100 percent, each once in a window."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core import events
from core.amounts import format_micros, to_micros

from .counting import Counters, Limit
from .models import Budget
from .windows import ROLLING

PERCENTAGES = (50, 80, 100)


def tell_reached(limits: Sequence[Limit], counters: Counters, at: datetime) -> None:
    """Publish `budget.reached` for each percentage of a locked budget that its window has not told yet."""
    for limit in limits:
        consumed, _ = counters.spent(limit, at)
        told = limit.budget.alerted_percent if _is_same_window(limit, at) else 0
        most = to_micros(limit.budget.limit)
        reached = [
            percent for percent in PERCENTAGES if percent > told and consumed and consumed * 100 >= most * percent
        ]
        if reached:
            _tell(limit, reached, consumed, at)


def _is_same_window(limit: Limit, at: datetime) -> bool:
    since, budget = limit.budget.alerted_since, limit.budget
    if since is None:
        return False
    if budget.window == ROLLING:
        return at < since + timedelta(seconds=budget.window_seconds or 0)
    return since >= limit.window(at).starts_at


def _tell(limit: Limit, reached: Sequence[int], consumed: int, at: datetime) -> None:
    budget = limit.budget
    since = budget.alerted_since if _is_same_window(limit, at) else at
    Budget.objects.filter(pk=budget.pk).update(alerted_percent=reached[-1], alerted_since=since)
    payload = {
        "budget": str(budget.pk),
        "wallet": budget.wallet.reference if budget.wallet is not None else None,
        "operation": budget.operation,
        "window": budget.window,
        "limit": format_micros(to_micros(budget.limit)),
        "consumed": format_micros(consumed),
        "changes_at": limit.window(at).changes_at.isoformat(),
    }
    stream = f"wallet:{payload['wallet']}" if budget.wallet is not None else f"budget:{budget.pk}"
    events.publish_many([("budget.reached", stream, {**payload, "percent": percent}) for percent in reached])
