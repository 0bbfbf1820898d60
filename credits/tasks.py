"""What beat nudges for the ledger: each task catches up with rows, so a missed turn only delays."""

from celery import shared_task

from core import logs

from . import invariants, services

log = logs.get_logger(__name__)


@shared_task
def settle_due_wallets() -> None:
    """Post what is due, for those who look at tables: every read and write settles its own wallet anyway."""
    services.settle_due()


@shared_task
def check_ledger() -> None:
    """Log each violation as an error."""
    for violation in invariants.violations():
        log.error("ledger_violation", invariant=violation.name, wallet=violation.wallet, detail=violation.detail)
