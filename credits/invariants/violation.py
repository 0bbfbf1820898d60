"""A breach of an invariant."""

from typing import NamedTuple


class Violation(NamedTuple):
    """`name` is the invariant, `wallet` a reference ("" for the ledger as a whole), `detail` says where and what."""

    name: str
    wallet: str
    detail: str
