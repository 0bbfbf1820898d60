from collections.abc import Iterator

import pytest

from tests.credits.books import check_books


@pytest.fixture(autouse=True)
def _books_are_right_at_the_end(db: None) -> Iterator[None]:
    yield
    check_books()
