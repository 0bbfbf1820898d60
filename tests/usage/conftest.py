from collections.abc import Iterator

import pytest

from usage.selectors.rates import forget_rates


@pytest.fixture(autouse=True)
def _rates_of_other_tests_are_forgotten() -> Iterator[None]:
    forget_rates()
    yield
    forget_rates()
