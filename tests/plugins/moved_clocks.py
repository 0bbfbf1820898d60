"""Ids rise inside a process for ever, so a test that visits the future would leave later tests with ids from there."""

from collections.abc import Iterator

import pytest

from core import ids


@pytest.fixture(autouse=True)
def _ids_come_back_from_the_future() -> Iterator[None]:
    yield
    ids._last_stamp = 0
