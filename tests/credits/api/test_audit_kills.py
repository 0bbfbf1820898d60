"""An operator who acts over HTTP while the web process is killed: the act and its line are both there, or neither."""

import time
from multiprocessing.process import BaseProcess

import psycopg
import pytest
from django.db import connection

from accounts.models import OperatorAction
from credits.models import LedgerEntry, Wallet
from tests.concurrency import jobs, nursery
from tests.credits.api import callers


def freeze(database: str, authorization: str) -> None:
    """Freeze the wallet as a web process would."""
    nursery.use_database(database)
    callers.Caller(authorization).post("wallets/ann/freeze", reason="Case 4711")


@pytest.mark.run_once
@pytest.mark.django_db(transaction=True)
def test_an_act_whose_line_is_not_written_did_not_happen() -> None:
    """The log is locked, so that the process waits between the act and its line when it is killed."""
    operator = callers.operator("Admin")
    jobs.grant("ann", 5)
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("LOCK TABLE accounts_operatoraction IN EXCLUSIVE MODE")
        process = _start(operator)
        _wait_until_it_waits(other)
        process.kill()
        process.join()
    assert Wallet.objects.get(reference="ann").status == "active"
    assert not LedgerEntry.objects.filter(kind="frozen").exists()
    assert operator.post("wallets/ann/freeze", reason="Case 4711").status_code == 201
    assert OperatorAction.objects.filter(action="wallet.freeze").count() == 1


def _start(operator: callers.Caller) -> BaseProcess:
    arguments = (str(connection.settings_dict["NAME"]), operator.client._credentials["HTTP_AUTHORIZATION"])
    process: BaseProcess = nursery.context().Process(target=freeze, args=arguments, daemon=True)
    process.start()
    return process


def _wait_until_it_waits(other: psycopg.Connection) -> None:
    until = time.monotonic() + 60
    waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'accounts_operatoraction'::regclass"
    while other.execute(waits).fetchone() is None:
        assert time.monotonic() < until, "nobody ever wrote to the log"
        time.sleep(0.01)
