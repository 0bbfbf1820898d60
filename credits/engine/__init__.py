"""The rules of the ledger, pure: locked wallets and commands in; new state, entries and a result per command out."""

from .running import Result, Run, State, run

__all__ = ["Result", "Run", "State", "run"]
