"""Run commands in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction

from core import clock, rows
from core.events import News
from core.ids import uuid7

from .. import cache
from ..engine import Result, Run, State, run
from ..engine import commands as c
from ..engine.state import Wallet
from . import guarding, tables
from .loading import load_state
from .lock_order import note_lock
from .news import news_of_entry, news_of_opening, news_of_refusal
from .writing import write_run

MAX_REFUSALS_TOLD = 60
REFUSAL_WINDOW = timedelta(minutes=1)
DEADLOCK_RETRIES = 8


@dataclass(frozen=True, slots=True)
class Execution:
    """The results in the order of the commands, and the wallets as they are afterwards."""

    results: list[Result]
    wallets: dict[str, Wallet]


def execute(commands: Sequence[c.Command], settle: Sequence[str] = ()) -> Execution:
    """Run commands in one transaction and settle the wallets that are only named; a refusal is a result, no exception.

    Wallets are locked once, in the order of their primary keys. A grant opens its wallet. MariaDB locks in the order
    of the index that it reads, so a deadlock can happen there: it has undone everything, and is tried again.
    """
    for _ in range(0 if connection.in_atomic_block else DEADLOCK_RETRIES):
        try:
            return _execute(commands, settle)
        except OperationalError as error:
            if not _is_deadlock(error):
                raise
    return _execute(commands, settle)


def _is_deadlock(error: OperationalError) -> bool:
    return error.args[:1] == (1213,) or getattr(error.__cause__, "sqlstate", "") in ("40P01", "40001")


def _execute(commands: Sequence[c.Command], settle: Sequence[str]) -> Execution:
    references = _references(commands, settle)
    if not references:
        return Execution([], {})
    with transaction.atomic(savepoint=False):
        note_lock()
        opened = open_wallets(sorted({cmd.reference for cmd in commands if isinstance(cmd, c.IssueGrant)}))
        state = load_state(references, commands, guarding.probe())
        guard = guarding.open_guard(state, commands)
        covered = {hold.id: dict(hold.cover) for wallet in state.wallets.values() for hold in wallet.holds.values()}
        outcome = run(state, commands, clock.now(), _new_id, settle, guard.admit if guard is not None else None)
        openings = _keep_opened(opened, state)
        refused, refusals = _tell_refusals(state, outcome, set(opened.values()))
        news = [*openings, *map(news_of_entry, outcome.journal.entries), *refusals]
        write_run(outcome, refused, covered, news)
        if guard is not None:
            guard.write(outcome.journal)
        cache.announce(list(outcome.journal.wallets.values()))
    return Execution(outcome.results, state.wallets)


def open_wallets(references: Sequence[str]) -> dict[str, str]:
    """Open the wallets that don't exist yet, before anything is locked; return their ids by reference."""
    if not references:
        return {}
    condition, params = rows.any_of("reference", references)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT reference FROM credits_wallet WHERE {condition}", params)
        known = {reference for (reference,) in cursor.fetchall()}
    opened = {reference: _new_id() for reference in references if reference not in known}
    now = clock.now()
    new = [[wallet_id, name, "active", 0, 0, 0, 0, "", 0, "UTC", "{}", now, now] for name, wallet_id in opened.items()]
    rows.write([rows.Change("ignore", tables.NEW_WALLETS, new)])
    return opened


def _keep_opened(opened: dict[str, str], state: State) -> list[News]:
    """Drop the wallets that were opened for a grant that was then refused; return the news of the others."""
    mine = [wallet for wallet in state.wallets.values() if opened.get(wallet.reference) == wallet.id]
    empty = [[wallet.id] for wallet in mine if wallet.sequence == 0]
    rows.write([rows.Change("delete", tables.WALLETS.only("id"), empty)])
    return [news_of_opening(wallet.reference) for wallet in mine if wallet.sequence > 0]


def _tell_refusals(state: State, outcome: Run, opened: set[str]) -> tuple[list[Wallet], list[News]]:
    """Return the wallets that refused something and the news of it, at most 60 a minute and wallet.

    A wallet that was `opened` for what it then refused is gone, and has no news.
    """
    wallets, news = {}, []
    for result in outcome.results:
        wallet = state.wallets.get(result.command.reference)
        if result.refusal is None or wallet is None or (wallet.sequence == 0 and wallet.id in opened):
            continue
        if _may_tell(wallet, outcome.journal.now):
            result.refusal.members["refusal"] = refusal_id = _new_id()
            news.append(news_of_refusal(result.command, result.refusal, refusal_id, result.sequence))
            wallets[wallet.id] = wallet
    return list(wallets.values()), news


def _may_tell(wallet: Wallet, now: datetime) -> bool:
    if wallet.refusals_since is None or not wallet.refusals_since <= now < wallet.refusals_since + REFUSAL_WINDOW:
        wallet.refusals_since, wallet.refusals = now, 0
    wallet.refusals += 1
    return wallet.refusals <= MAX_REFUSALS_TOLD


def _references(commands: Sequence[c.Command], settle: Iterable[str]) -> list[str]:
    named = {command.reference for command in commands}
    named.update(command.target for command in commands if isinstance(command, c.Transfer))
    return sorted(named.union(settle))


def _new_id() -> str:
    return str(uuid7())
