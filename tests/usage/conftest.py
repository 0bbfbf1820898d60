from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests.usage.metered import METERING
from usage.selectors.rates import forget_rates


@pytest.fixture(autouse=True)
def _rates_of_other_tests_are_forgotten() -> Iterator[None]:
    forget_rates()
    yield
    forget_rates()


@pytest.fixture
def meter(settings: Settings) -> Callable[..., None]:
    """Serve the site, metered; a call changes members of METERING for what is served from then on."""
    settings.ROOT_URLCONF = "tests.usage.site.urls"
    settings.TRUSTED_PROXIES = 1
    known: dict[str, Any] = {**METERING, "response_header": "X-Cost", "body_key": "usage.total_tokens"}
    known["credits_per_unit"] = "0.001"

    def change(**members: Any) -> None:
        known.update(members)
        settings.METERING = dict(known)

    change()
    return change
