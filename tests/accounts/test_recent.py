from collections.abc import Iterator

import pytest

from accounts.recent import Recent


@pytest.mark.parametrize(("seconds", "seen"), [(3600, [0, 0, 0]), (0, [0, 1, 2])])
def test_an_answer_is_remembered_until_it_is_old(seconds: float, seen: list[int]) -> None:
    answers: Iterator[int] = iter(range(9))
    memory: Recent[str, int] = Recent(lambda key: next(answers), seconds=seconds)
    assert [memory.get("a") for _ in seen] == seen


def test_nothing_found_is_asked_again() -> None:
    answers = iter([None, "found"])
    memory: Recent[str, str] = Recent(lambda key: next(answers), seconds=30)
    assert [memory.get("a"), memory.get("a"), memory.get("a")] == [None, "found", "found"]


def test_the_memory_has_a_bound() -> None:
    asked: list[int] = []

    def load(key: int) -> int:
        asked.append(key)
        return key

    memory: Recent[int, int] = Recent(load, seconds=30, size=100)
    for key in range(1000):
        memory.get(key)
    assert len(memory._known) <= 100
    assert asked == list(range(1000))


def test_what_vanished_is_forgotten() -> None:
    answers = iter(["here", None, None])
    memory: Recent[str, str] = Recent(lambda key: next(answers), seconds=30)
    assert [memory.get("a"), memory.reload("a"), memory.get("a")] == ["here", None, None]
