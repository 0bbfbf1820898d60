"""How notices leave the house: one class for each way, named in the setting NOTIFICATION_CHANNELS."""

from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from .base import Channel, Message, Undelivered

__all__ = ["Channel", "Message", "Undelivered", "channel_names", "channel_of"]


def channel_names() -> list[str]:
    """Return the names of the channels of this installation."""
    return list(settings.NOTIFICATION_CHANNELS)


def channel_of(name: str) -> Channel:
    """Return a channel with its options; raises KeyError for one that is not configured any more."""
    options = dict(settings.NOTIFICATION_CHANNELS[name])
    kind = import_string(options.pop("class"))
    options.pop("names", None)
    return cast("Channel", kind(**options))
