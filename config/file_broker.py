"""Celery's messages as files, written whole: kombu's own transport shows a file before its text is in it.

A reader that met such an empty file could not decode it, and the worker ended. A message is only a wake-up, so one that
cannot be read is passed over: the work is a row, which beat sweeps.
"""

import os
import uuid
from json import JSONDecodeError
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

SCHEME = "files"


class Channel(filesystem.Channel):
    """Puts a message under a name that no reader looks for, and then gives it the right one."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # kombu's own classes differ
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        unfinished = Path(self.data_folder_out) / f".{name}.part"
        unfinished.write_bytes(str_to_bytes(dumps(payload)))
        os.replace(unfinished, Path(self.data_folder_out) / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        while True:
            try:
                return super()._get(queue)
            except (JSONDecodeError, UnicodeDecodeError):
                continue


class Transport(filesystem.Transport):
    """The transport of `files://`."""

    Channel = Channel


def register() -> None:
    """Make `files://` known to kombu."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
