"""What must always be true of the ledger (ledger.md, section 2): each invariant has one name and one place."""

from collections.abc import Iterator

from django.db import connection

from core.triggers import missing_triggers

from .. import books
from .chain import Tally
from .checkpoints import violations_against
from .grants import Grants, load_grants
from .holds import Holds
from .violation import Violation
from .wallets import compare_cover, compare_wallets

__all__ = ["Violation", "violations", "violations_against", "violations_of", "violations_of_triggers"]


def violations() -> Iterator[Violation]:
    """Yield every breach of an invariant in the whole ledger."""
    yield from violations_of_triggers()
    for pack in books.packs():
        yield from violations_of(pack)


def violations_of(pack: books.Pack) -> list[Violation]:
    """Return the breaches in a few wallets, all seen at one moment."""
    with books.one_view(by_index=True):
        return list(_compare(books.heads(pack.wallets)))


def violations_of_triggers() -> list[Violation]:
    """Return the append-only triggers that are missing or changed."""
    return [Violation("triggers_present", "", name) for name in missing_triggers(connection)]


def _compare(heads: list[books.Head]) -> Iterator[Violation]:
    """Read the entries once, then compare all that they say with the rows of wallets, grants and holds."""
    tallies = {head.id: Tally(head) for head in heads}
    references = {head.id: head.reference for head in heads}
    grants, holds = Grants(), Holds(heads)
    for page in books.pages(list(tallies)):
        for row, parts in page:
            yield from tallies[row[1]].follow(row, parts)
            grants.note(row, parts)
            if row[19] is not None:
                holds.note(row)
        yield from holds.compare(all_are_read=False)
    rows = load_grants(list(tallies))
    yield from holds.compare(all_are_read=True)
    yield from holds.compare_counts()
    yield from grants.compare(rows, references)
    yield from compare_wallets(heads, rows, holds)
    yield from compare_cover(rows, holds, references)
    for tally in tallies.values():
        yield from tally.end()
