"""What the relay calls for notifications."""

from collections.abc import Sequence

from core.models import Event

from .services.intake import take_in as take_in_events


def take_in(events: Sequence[Event]) -> None:
    """Write down what events ask for, in the relay's transaction."""
    take_in_events(events=events)
