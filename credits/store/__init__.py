"""The one writer of balances: lock, load, run the rules, write; a bounded number of statements for any list."""

from .executing import Execution, execute, open_wallets

__all__ = ["Execution", "execute", "open_wallets"]
