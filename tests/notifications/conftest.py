from collections.abc import Iterator
from typing import Any

import pytest

from tests.notifications.receiver import Receiver, ReceiverProcess, receiving


@pytest.fixture(autouse=True)
def _alone(settings: Any) -> None:
    settings.EVENT_HANDLERS = "tests.notifications.event_handlers"


@pytest.fixture
def inside(settings: Any) -> None:
    """Let webhooks call this machine, without TLS."""
    settings.WEBHOOK_ALLOW_HTTP = True
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    settings.WEBHOOK_TIMEOUT_SECONDS = 1


@pytest.fixture
def receiver_process(inside: None) -> Iterator[ReceiverProcess]:
    process = ReceiverProcess()
    yield process
    process.kill()


@pytest.fixture
def receiver(inside: None) -> Iterator[Receiver]:
    with receiving() as server:
        yield server
