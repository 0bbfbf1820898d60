"""UUID version 7 rises inside a process and says when it was made."""

import time
from concurrent.futures import ThreadPoolExecutor

from core.ids import uuid7


def test_ids_rise_in_the_order_in_which_they_are_made() -> None:
    ids = [uuid7() for _ in range(20_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_threads_never_make_the_same_id_and_each_sees_its_own_rise() -> None:
    with ThreadPoolExecutor(8) as pool:
        lists = list(pool.map(lambda _: [uuid7() for _ in range(2_000)], range(8)))
    assert all(made == sorted(made) for made in lists)
    assert len({made >> 64 for ids in lists for made in (i.int for i in ids)}) == 16_000


def test_an_id_is_version_7_and_carries_its_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000 + 10
