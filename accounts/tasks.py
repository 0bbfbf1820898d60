"""What accounts must do now and then."""

from celery import shared_task
from django.core.management import call_command


@shared_task
def forget_expired_logins() -> None:
    """Delete the tokens and sessions that have expired."""
    call_command("flushexpiredtokens")
    call_command("clearsessions")
