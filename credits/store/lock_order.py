"""Guard the lock order: a transaction locks its wallets once, all together, or two could wait in a circle."""

from django.db import connection, transaction


class SecondWalletLock(RuntimeError):
    """Code locked wallets twice in one transaction; put both operations into one list of commands."""


class _Mark:
    """Left among the transaction's commit hooks, so that it goes with the transaction or with the savepoint undone."""

    def __init__(self, outermost: object) -> None:
        self.outermost = outermost

    def __call__(self) -> None:
        """Do nothing on commit."""


def note_lock() -> None:
    """Raise SecondWalletLock if the caller's transaction has locked wallets before; call it inside the own block."""
    callers = [block for block in connection.atomic_blocks[:-1] if not getattr(block, "_from_testcase", False)]
    if not callers:
        return
    marks = [hook for _, hook, *_ in connection.run_on_commit if isinstance(hook, _Mark)]
    # A test's transaction goes on when the one inside it is over, and keeps its hooks.
    if any(mark.outermost is callers[0] for mark in marks):
        raise SecondWalletLock("Lock all wallets of a transaction at once: give the store one list of commands.")
    transaction.on_commit(_Mark(callers[0]))
