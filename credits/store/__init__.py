"""The one writer of balances: lock, load, run the rules, write; a bounded number of statements for any list."""

from .combining import Outcome, execute_one
from .executing import Execution, execute, open_wallets

__all__ = ["Execution", "Outcome", "execute", "execute_one", "open_wallets"]
