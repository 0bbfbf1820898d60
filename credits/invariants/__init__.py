"""What must always be true of the ledger (ledger.md, section 2): each invariant has one name and one place."""

from collections.abc import Iterator

from django.db import connection

from core.triggers import missing_triggers

from .. import books
from .chain import walk
from .queries import broken_sums
from .violation import Violation

__all__ = ["Violation", "violations", "violations_of", "violations_of_triggers"]


def violations() -> Iterator[Violation]:
    """Yield every breach of an invariant in the whole ledger."""
    yield from violations_of_triggers()
    for pack in books.packs():
        yield from violations_of(pack)


def violations_of(pack: books.Pack) -> list[Violation]:
    """Return the breaches in a few wallets, all seen at one moment."""
    with books.one_view():
        return [*broken_sums(pack.wallets), *walk(books.heads(pack.wallets))]


def violations_of_triggers() -> list[Violation]:
    """Return the append-only triggers that are missing or changed."""
    return [Violation("triggers_present", "", name) for name in missing_triggers(connection)]
