"""What every channel gets, and how it says that it failed."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Message:
    """A notice on its way. `id` is the same at each attempt; `addresses` are e-mail addresses."""

    id: str
    name: str
    title: str
    text: str
    addresses: tuple[str, ...] = ()
    reference: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    unsubscribe_url: str = ""


class Undelivered(Exception):
    """An attempt failed. `is_final`: another one would fail, too. `is_gone`: nobody wants more of them (410).

    `pause` is how long the receiver wants to be left alone; `is_unreachable` says that there was no answer at all.
    """

    def __init__(
        self,
        text: str,
        *,
        is_final: bool = False,
        is_gone: bool = False,
        is_unreachable: bool = False,
        pause: timedelta | None = None,
    ) -> None:
        super().__init__(text)
        self.is_final, self.is_gone, self.is_unreachable, self.pause = is_final, is_gone, is_unreachable, pause


class Channel(ABC):
    """A way to reach people. A subclass takes its options from the setting as keyword arguments."""

    @abstractmethod
    def send(self, message: Message) -> None:
        """Send a message, in a thread without a database connection; raises Undelivered."""
