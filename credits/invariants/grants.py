"""Compare grants with what the entries say: their terms, what they have left, when they began and ended."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from .. import books
from ..store.tables import GRANTS
from .chain import Parts, read_terms
from .violation import Violation

ENDED_UNUSED = frozenset({"expired", "voided", "reset"})
OF_ITS_GRANT = frozenset({"activated", "voided", "unscheduled", "clawed_back", "debt_incurred"})
TERMS = (
    "id",
    "amount",
    "source",
    "priority",
    "effective_at",
    "expires_at",
    "rollover",
    "parent_id",
    "origin_id",
    "cost_minor",
    "currency",
)

GrantRow = dict[str, Any]


class Grants:
    """What the entries of a few wallets say about their grants."""

    def __init__(self) -> None:
        self.moved: dict[tuple[str, str], int] = defaultdict(int)
        self.issued: dict[str, tuple[list[Any], books.Row]] = {}
        self.activated: dict[str, str] = {}
        self.voided: dict[str, str] = {}
        self.claimed: dict[str, int] = defaultdict(int)
        self.lost: dict[str, int] = defaultdict(int)

    def note(self, row: books.Row, parts: Parts) -> None:
        """Take in an entry."""
        for grant, amount in parts:
            self.moved[row[1], grant] += amount
        if row[3] in ENDED_UNUSED:
            for grant, amount in parts:
                self.lost[grant] -= amount
        if row[18] is not None and row[3] in OF_ITS_GRANT:
            self._note_life(row)
        if row[27] is not None:
            said = (terms for terms in read_terms(row[27]) if isinstance(terms, list))
            self.issued |= {terms[0]: (terms, row) for terms in said if terms}

    def compare(self, grants: Sequence[GrantRow], references: dict[str, str]) -> Iterator[Violation]:
        """Yield where all the grants of some wallets, given by id, differ."""
        lost = self._lost_by_purchase(grants)
        for grant in grants:
            for name, (said, posted) in self._facts(grant, lost).items():
                if said != posted:
                    detail = f"grant {grant['id']} says {said}, its entries {posted}"
                    yield Violation(name, references[grant["wallet_id"]], detail)
        for wallet, grant_id in self.moved:
            yield Violation(
                "allocation_stays_in_its_wallet", references[wallet], f"moved grant {grant_id}, not its own"
            )
        missing = self.issued.keys() - {grant["id"] for grant in grants}
        for grant_id in missing:
            terms, row = self.issued[grant_id]
            yield Violation("grant_terms_are_as_issued", references[row[1]], f"grant {grant_id} is missing: {terms}")

    def _note_life(self, row: books.Row) -> None:
        if row[3] == "activated":
            self.activated.setdefault(row[18], row[11])
        elif row[3] in ("voided", "unscheduled"):
            self.voided.setdefault(row[18], row[11])
        else:
            self.claimed[row[18]] += row[7] - row[5]

    def _lost_by_purchase(self, grants: Sequence[GrantRow]) -> dict[str, int]:
        """Return by purchase what of it, and of what descends from it, ended unused."""
        sums: dict[str, int] = defaultdict(int)
        children: dict[str, int] = defaultdict(int)
        for grant in grants:
            children[grant["parent_id"]] += grant["amount"]
        for grant in grants:
            if grant["source"] == "purchase":
                cancelled = grant["activated_at"] is None and grant["voided_at"] is not None
                unused = grant["amount"] - children[grant["id"]] if cancelled else 0
                sums[grant["origin_id"] or grant["id"]] += self.lost[grant["id"]] + unused
        return sums

    def _facts(self, grant: GrantRow, lost: dict[str, int]) -> dict[str, tuple[Any, Any]]:
        """Return by invariant what a grant's row says, and what the entries say."""
        key = grant["id"]
        terms, issue = self.issued.get(key, (None, None))
        begun = issue[11] if issue is not None and issue[3] != "scheduled" else self.activated.get(key)
        texts = (grant["parent_description"], grant["parent_metadata"])
        if issue is not None and grant["parent_id"] is None:
            texts = issue[23:25]
        scheduled = grant["activated_at"] is None and grant["voided_at"] is None
        return {
            "grant_terms_are_as_issued": (_terms(grant), terms),
            "grant_is_where_it_was_issued": (
                (grant["wallet_id"], grant["sequence"], grant["created_at"]),
                (issue[1], issue[2], issue[12]) if issue is not None else None,
            ),
            "grant_remaining_is_sum_of_allocations": (grant["remaining"], self.moved.pop((grant["wallet_id"], key), 0)),
            "grant_began_and_ended_as_posted": (
                (grant["activated_at"], grant["voided_at"]),
                (begun, self.voided.get(key)),
            ),
            "grant_is_open_while_it_has_credits": (bool(grant["is_open"]), grant["remaining"] > 0 or scheduled),
            "grant_texts_are_as_issued": ((grant["description"], grant["metadata"]), texts),
            "grant_claims_are_as_posted": (grant["claimed"], self.claimed[key]),
            "grant_claims_are_within_refunds": (grant["claimed"], min(grant["claimed"], grant["refunded"])),
            "grant_losses_are_as_posted": (grant["lost"], lost.get(key, 0)),
        }


def load_grants(wallets: Sequence[str]) -> list[GrantRow]:
    """Return all grants of wallets, with the texts of their parents."""
    columns = ", ".join([*books.shown(GRANTS, "g"), "p.description", "p.metadata"])
    joined = "credits_grant g LEFT JOIN credits_grant p ON p.id = g.parent_id"
    names = [*GRANTS.names, "parent_description", "parent_metadata"]
    found = books.query_of(f"SELECT {columns} FROM {joined}", "g.wallet_id", wallets)
    return [dict(zip(names, row, strict=True)) for row in found]


def _terms(grant: GrantRow) -> list[Any]:
    terms = [grant[name] for name in TERMS]
    terms[6] = None if terms[6] is None else json.loads(terms[6])
    return terms
