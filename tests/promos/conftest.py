"""Fixtures for every test of promos."""

from tests.concurrency.conftest import processes, race

__all__ = ["processes", "race"]
