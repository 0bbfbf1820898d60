"""A client of the test's own URLs, which answers as a browser or program would see it, also for defects."""

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.fixture
def http(settings: Settings) -> Client:
    """Return a client that gets the answer to a defect instead of the exception."""
    settings.ROOT_URLCONF = "tests.core.api.urls"
    return Client(raise_request_exception=False)
