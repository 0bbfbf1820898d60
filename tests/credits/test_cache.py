"""The balance cache against real servers and other processes: a read is never behind what its caller could see."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
import redis
import time_machine
from django.db import connection
from pytest_django.fixtures import Settings

from config.run import servers
from credits import cache, selectors, services
from credits.exceptions import InsufficientCredits
from credits.models import Wallet
from credits.readings import dump_reading, load_reading
from tests.cable import Cable
from tests.credits.cache_processes import LIFE_SECONDS, peer

ONE = 1_000_000
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with servers.own_redis() as url:
        yield url


@pytest.fixture
def cable(server: str) -> Iterator[Cable]:
    redis.Redis.from_url(server).flushall()
    cable = Cable(urlsplit(server).port or 0)
    yield cable
    cable.close()


@pytest.fixture
def cache_url(cable: Cable, settings: Settings) -> str:
    url = f"redis://127.0.0.1:{cable.port}/0"
    settings.BALANCE_CACHE_URL, settings.BALANCE_CACHE_SECONDS = url, LIFE_SECONDS
    return url


@pytest.fixture
def wallet(transactional_db: None) -> str:
    services.issue_grant(reference="cached", amount=Decimal(1000))
    return "cached"


def spend(reference: str) -> int:
    return services.consume(reference=reference, amount=Decimal(1)).entry.sequence


def behind_the_cache(reference: str) -> int:
    """Raise the debt by one in the database alone, so that a cached read can be told from a fresh one."""
    return Wallet.objects.filter(reference=reference).update(debt=1)


def restore(reference: str) -> None:
    Wallet.objects.filter(reference=reference).update(debt=0)


def database_name() -> str:
    return str(connection.settings_dict["NAME"])


def test_a_reading_survives_its_text(cache_url: str, wallet: str) -> None:
    services.issue_grant(reference=wallet, amount=Decimal(5), expires_in_days=3)
    reading = selectors.read_wallet(wallet)
    assert load_reading(dump_reading(reading)) == reading
    assert len(reading.expiring) == 1


def test_a_second_read_comes_from_the_cache(cache_url: str, wallet: str) -> None:
    selectors.read_wallet(wallet)
    behind_the_cache(wallet)
    assert selectors.read_wallet(wallet).debt == 0
    restore(wallet)


def test_a_writer_sets_the_value_that_he_committed(cache_url: str, wallet: str) -> None:
    sequence = spend(wallet)
    behind_the_cache(wallet)
    reading = selectors.read_wallet(wallet)
    assert (reading.sequence, reading.debt) == (sequence, 0)
    restore(wallet)


def test_refresh_rebuilds_the_value(cache_url: str, wallet: str) -> None:
    selectors.read_wallet(wallet)
    behind_the_cache(wallet)
    assert selectors.refresh_wallet(wallet).debt == ONE
    assert selectors.read_wallet(wallet).debt == ONE
    restore(wallet)


def test_flushing_changes_nothing(cache_url: str, wallet: str) -> None:
    sequence = spend(wallet)
    redis.Redis.from_url(cache_url).flushall()
    assert selectors.read_wallet(wallet).sequence == sequence
    assert spend(wallet) == sequence + 1


def test_a_value_that_time_has_changed_is_not_served(cache_url: str, wallet: str) -> None:
    services.issue_grant(reference=wallet, amount=Decimal(5), expires_in_days=1)
    assert selectors.read_wallet(wallet).balance == 1_005_000_000
    with time_machine.travel(timedelta(days=2)):
        assert selectors.read_wallet(wallet).balance == 1_000_000_000


def test_changed_attributes_are_read_at_once(cache_url: str, wallet: str) -> None:
    selectors.read_wallet(wallet)
    services.update_wallet(reference=wallet, attributes={"plan": "pro"})
    assert selectors.read_wallet(wallet).attributes == '{"plan":"pro"}'


def test_a_decision_never_comes_from_the_cache(cache_url: str, wallet: str) -> None:
    reading = selectors.read_wallet(wallet)
    cache._cache_at(cache_url, LIFE_SECONDS).fill(reading)
    services.consume(reference=wallet, amount=Decimal(1000))
    redis.Redis.from_url(cache_url).set("balance:{cached}", f"99 {dump_reading(reading)}", px=5000)
    with pytest.raises(InsufficientCredits):
        services.consume(reference=wallet, amount=Decimal(1))


def test_r33_r45_another_process_sees_each_commit_at_once(cache_url: str, wallet: str) -> None:
    with peer(database_name(), cache_url) as other:
        for _ in range(20):
            mine = spend(wallet)
            assert other.ask("read", wallet) == mine
            theirs = other.ask("consume", wallet)
            assert selectors.read_wallet(wallet).sequence == theirs


def test_a_writer_killed_between_commit_and_cache_leaves_no_stale_value(cache_url: str, wallet: str) -> None:
    with peer(database_name(), cache_url) as other:
        other.ask("read", wallet)
        before = selectors.refresh_wallet(wallet).sequence
        other.tell("consume and die", wallet)
        while Wallet.objects.get(reference=wallet).sequence == before:
            time.sleep(0.005)
        assert redis.Redis.from_url(cache_url).exists("balance:{cached}")
        assert selectors.read_wallet(wallet).sequence == before + 1


def test_sixteen_racing_writers_leave_no_reader_behind(cache_url: str, wallet: str) -> None:
    committed, failures, stop = [selectors.read_wallet(wallet).sequence], [], threading.Event()

    def write() -> None:
        for _ in range(8):
            committed.append(spend(wallet))
        connection.close()

    def read() -> None:
        while not stop.is_set():
            known = max(committed)
            seen = selectors.read_wallet(wallet).sequence
            if seen < known:
                failures.append((known, seen))
        connection.close()

    readers = [threading.Thread(target=read) for _ in range(2)]
    writers = [threading.Thread(target=write) for _ in range(16)]
    for thread in [*readers, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()
    assert failures == []
    assert len(committed) == 129


def test_a_cut_off_redis_that_comes_back_serves_nothing_stale(cable: Cable, cache_url: str, wallet: str) -> None:
    """The reader never notices the outage: it reads before it and after it."""
    with peer(database_name(), cache_url) as reader:
        reader.ask("read", wallet)
        with cable.cut():
            sequence = spend(wallet)
        assert reader.ask("read", wallet) == sequence
        assert selectors.read_wallet(wallet).sequence == sequence


def test_reads_and_writes_go_on_while_redis_is_down(cable: Cable, cache_url: str, wallet: str) -> None:
    with cable.cut():
        first = spend(wallet)
        began = [selectors.read_wallet(wallet).sequence for _ in range(5)]
        assert spend(wallet) == first + 1
    assert began == [first] * 5


def test_without_a_cache_every_read_is_fresh(wallet: str, settings: Settings) -> None:
    settings.BALANCE_CACHE_URL = ""
    selectors.read_wallet(wallet)
    behind_the_cache(wallet)
    assert selectors.read_wallet(wallet).debt == ONE
    restore(wallet)
