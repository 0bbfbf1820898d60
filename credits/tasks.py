"""What beat nudges for the ledger: each task catches up with rows, so a missed turn only delays."""

from celery import shared_task

from core import events, logs

from . import invariants, services

MOST_PUBLISHED = 100

log = logs.get_logger(__name__)


@shared_task
def settle_due_wallets() -> None:
    """Post what is due, for those who look at tables: every read and write settles its own wallet anyway."""
    services.settle_due()


@shared_task
def check_ledger() -> None:
    """Log each violation as an error, and publish the first ones for whoever tells operators."""
    for number, violation in enumerate(invariants.violations()):
        log.error("ledger_violation", invariant=violation.name, wallet=violation.wallet, detail=violation.detail)
        if number < MOST_PUBLISHED:
            # Not as "wallet": this is no news for the wallet's owner.
            payload = {"invariant": violation.name, "about": violation.wallet, "detail": violation.detail}
            events.publish("ledger.violated", stream="ledger", payload=payload)
