"""Engine and database agree step by step: a stateful run through the services on each database."""

import os

import pytest

from tests.credits.books import check_books, read_entries
from tests.properties.twin import Twin

SEQUENCES, OPERATIONS = 12, 128
ONLY = os.environ.get("SEED")


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [int(ONLY)] if ONLY else range(SEQUENCES))
def test_engine_and_database_agree_after_every_step(seed: int) -> None:
    twin = Twin(seed)
    twin.run(OPERATIONS)
    assert read_entries() == twin.entries
    check_books()
