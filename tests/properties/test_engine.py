"""600 random sequences of 512 operations on the engine, audited step by step."""

import os

import pytest

from tests.properties.trial import Trial

SEQUENCES, OPERATIONS, CHUNK = 600, 512, 20
ONLY = os.environ.get("SEED")
STARTS = [int(ONLY)] if ONLY else range(0, SEQUENCES, CHUNK)


@pytest.mark.parametrize("start", STARTS)
def test_every_step_of_a_random_sequence_keeps_the_invariants(start):
    for seed in range(start, start + (1 if ONLY else CHUNK)):
        trial = Trial(seed)
        try:
            trial.run(OPERATIONS)
        except Exception as error:
            again = f"SEED={seed} pytest tests/properties/test_engine.py"
            raise AssertionError(f"sequence {seed}, after operation {trial.done}; again with: {again}") from error
