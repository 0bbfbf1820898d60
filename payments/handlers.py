"""What the relay calls for payments."""

from collections.abc import Sequence
from functools import partial

from celery import current_app
from django.db import transaction

from core import logs
from core.models import Event

from .selectors.top_ups import low_wallets

TOP_UP = "payments.tasks.top_up_wallet"

log = logs.get_logger(__name__)


def wake_top_ups(events: Sequence[Event]) -> None:
    """Wake a worker once for each wallet of these events that is below the threshold of its standing order."""
    references = low_wallets({event.payload["wallet"] for event in events})
    if references:
        transaction.on_commit(partial(_wake, references))


def _wake(references: Sequence[str]) -> None:
    """Send the tasks; without a broker the sweep finds the wallets."""
    try:
        for reference in references:
            current_app.send_task(TOP_UP, args=(reference,), retry=False)
    except Exception as error:
        log.warning("top_ups_not_woken", wallets=len(references), exc_info=error)
