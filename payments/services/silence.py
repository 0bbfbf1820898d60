"""Notice a provider that no longer talks to us."""

from datetime import timedelta

from django.conf import settings

from core import clock

from ..models import Payment, ProviderHealth
from ..news import tell_of_provider

# A webhook may take so long without anything being wrong.
PATIENCE = timedelta(minutes=10)


def tell_if_silent(*, provider: str) -> bool:
    """Raise one alarm when a provider has sent nothing for hours while payments were paid; tell whether it stands.

    Razorpay switches a webhook off after 24 hours of failures, and nobody else would notice.
    """
    at = clock.now()
    health, _ = ProviderHealth.objects.get_or_create(provider=provider)
    before = at - timedelta(hours=settings.PROVIDER_SILENT_HOURS)
    moved = Payment.objects.filter(provider=provider, paid_at__range=(before, at - PATIENCE)).exists()
    if not moved or (health.last_event_at is not None and health.last_event_at > before):
        return False
    if ProviderHealth.objects.filter(pk=provider, silent_since=None).update(silent_since=at):
        last = health.last_event_at.isoformat() if health.last_event_at else None
        tell_of_provider("provider.fell_silent", provider, last_event_at=last)
    return True
