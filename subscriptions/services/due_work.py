"""Everything of this room that is due by the clock, in the order in which it was due."""

from datetime import datetime
from uuid import UUID

from core import clock, logs

from ..models import Allowance, AllowanceRun
from .renewals import advance_due
from .runs import open_run, work_on

log = logs.get_logger(__name__)


def run_due_work() -> None:
    """Start periods, end subscriptions and hand out allowances that are due by now; any number may run at once.

    After an outage the order is that of the due instants, as it would have been. What fails is logged and stands in
    nobody's way; it stays due.
    """
    now = clock.now()
    failed: set[UUID] = set()
    while True:
        run = _earliest_run(now, failed)
        if not advance_due(now if run is None else run.due_at) or run is None:
            return
        try:
            if not work_on(run):
                return
        except Exception as error:
            log.error("allowance_run_failed", run=str(run.pk), date=str(run.date), exc_info=error)
            failed.add(run.pk)


def _earliest_run(now: datetime, failed: set[UUID]) -> AllowanceRun | None:
    """Return the unfinished run that was due first, after opening those that were due before it."""
    while True:
        waiting = AllowanceRun.objects.filter(finished_at=None).exclude(pk__in=failed).order_by("due_at", "pk")
        run = waiting.select_related("allowance").first()
        rules = Allowance.objects.filter(next_due_at__lte=now if run is None else run.due_at)
        rule = rules.order_by("next_due_at", "pk").first()
        if rule is None or (run is not None and rule.next_due_at == run.due_at):
            return run
        open_run(rule.pk, now)
