"""Ways to damage a ledger behind the system's back, and the violation that must be among those that are named then.

In SQL amounts are millionths. Wallet w: 1 issued, 2 held, 3 consumed, 4 captured, 5 reversed, 6 scheduled, 7 held,
8 transferred, 9 clawed back. Wallet v: 1 issued, 2 transferred, 3 consumed.
"""

from django.db import connection

from core import triggers
from credits import services
from credits.engine.state import Rollover
from tests.credits.selectors.ledgers import HOUR, START, D, at

V = "(SELECT id FROM credits_wallet WHERE reference = 'v')"
IN_W = "sequence = {} AND wallet_id = (SELECT id FROM credits_wallet WHERE reference = 'w')"
THIRD = f"(SELECT id FROM credits_ledgerentry WHERE {IN_W.format(3)})"
FREE_GRANT = f"(SELECT id FROM credits_grant WHERE {IN_W.format(6)})"
CHAIN = "hash_follows_from_entry_and_chain"


def build() -> None:
    """Make a ledger with one of nearly everything."""
    with at(START):
        bought = services.issue_grant(
            reference="w",
            amount=D(100),
            source="purchase",
            cost_minor=900,
            currency="EUR",
            rollover=Rollover(percent=50, days=9),
            expires_at=START + 30 * HOUR,
            description="pack of 100",
            metadata={"order": 7},
        ).entry.grant
        hold = services.place_hold(reference="w", amount=D(20), basis="estimate:1", description="chat").hold
        spent = services.consume(reference="w", amount=D(30), description="Ann's text", metadata={"n": 1}).entry
        services.capture_hold(hold=hold.id, amount=D(5))
        services.reverse_entry(entry=spent.id, amount=D(10), reason="half of it failed")
        services.issue_grant(reference="w", amount=D(50), effective_at=START + HOUR, description="next hour")
        services.place_hold(reference="w", amount=D(7), basis="estimate:2", description="image")
        services.issue_grant(reference="v", amount=D(9), source="promotion")
        services.transfer(source="w", target="v", amount=D(3))
        services.consume(reference="v", amount=D(2))
        services.claw_back(grant=bought, amount=D(10), reason="dispute")


def damage(statements: str) -> None:
    """Run statements with the append-only triggers lifted."""
    with triggers.lifted(connection), connection.cursor() as cursor:
        for statement in statements.split(";"):
            cursor.execute(statement)


def _set(table: str, where: str, **values: str) -> str:
    return (
        f"UPDATE credits_{table} SET {', '.join(f'{name} = {value}' for name, value in values.items())} WHERE {where}"
    )


def _entry(**values: str) -> str:
    return _set("ledgerentry", IN_W.format(3), **values)


def _grant(**values: str) -> str:
    return _set("grant", IN_W.format(1), **values)


def _wallet(**values: str) -> str:
    return _set("wallet", "reference = 'w'", **values)


def _active(**values: str) -> str:
    return _set("hold", "status = 'active'", **values)


def _ended(**values: str) -> str:
    return _set("hold", "status = 'captured'", **values)


EARLIER = "'2026-02-01 00:00:00'"
LATER = "'2026-09-01 00:00:00'"

# What an export shows, too: the verifier finds it.
IN_ENTRIES = {
    "amount": (_entry(amount="amount - 1000000"), "entry_amount_is_sum_of_allocations"),
    "held_change": (_entry(held_change="5"), "held_after_is_running_sum"),
    "debt_change": (_entry(debt_change="5"), "debt_after_is_running_sum"),
    "balance_after": (_entry(balance_after="balance_after + 1"), "balance_after_is_running_sum"),
    "held_after": (_entry(held_after="held_after + 1"), "held_after_is_running_sum"),
    "debt_after": (_entry(debt_after="1"), "debt_after_is_running_sum"),
    "kind": (_entry(kind="'adjusted'"), CHAIN),
    "contra": (_entry(contra="'breakage'"), CHAIN),
    "no contra": (_entry(contra="NULL"), "moved_amount_has_a_contra_account"),
    "effective_at": (_entry(effective_at=EARLIER), "effective_at_never_falls"),
    "created_at": (_entry(created_at=EARLIER), CHAIN),
    "idempotency_key": (_entry(idempotency_key="'other'"), CHAIN),
    "principal": (_entry(principal="'service'"), CHAIN),
    "fingerprint": (_entry(fingerprint="'other'"), CHAIN),
    "request_id": (_entry(request_id="'other'"), CHAIN),
    "caused_by": (_entry(caused_by_id="id"), CHAIN),
    "grant": (_entry(grant_id=FREE_GRANT), CHAIN),
    "hold": (_entry(hold_id="(SELECT id FROM credits_hold WHERE status = 'active')"), CHAIN),
    "reverses": (_entry(reverses_id="id"), CHAIN),
    "shortfall": (_entry(shortfall="4"), CHAIN),
    "actor": (_entry(actor="'key:other'"), CHAIN),
    "terms": (_entry(terms="'[[]]'"), CHAIN),
    "terms that are no JSON": (_entry(terms="'['"), CHAIN),
    "hash": (_entry(hash="'ff'"), CHAIN),
    "hash_version": (_entry(hash_version="2"), "hash_version_known"),
    "description": (_entry(description="'Bob'"), "texts_match_their_hash"),
    "metadata": (_entry(metadata="NULL"), "texts_match_their_hash"),
    "text_salt": (_entry(text_salt="'ab'"), "texts_match_their_hash"),
    "only the salt is erased": (_entry(text_salt="NULL"), "texts_match_their_hash"),
    "text_hash": (_entry(text_hash="'ab'"), "texts_match_their_hash"),
    "a missing entry": (f"DELETE FROM credits_ledgerentry WHERE {IN_W.format(6)}", "sequence_without_gap"),
    "swapped entries": (
        f"{_set('ledgerentry', IN_W.format(3), sequence='99')};"
        f"{_set('ledgerentry', IN_W.format(4), sequence='3')};{_set('ledgerentry', IN_W.format(99), sequence='4')}",
        CHAIN,
    ),
    "an entry in another wallet": (_set("ledgerentry", IN_W.format(9), wallet_id=V, sequence="4"), CHAIN),
    "an allocation's amount": (_set("grantallocation", f"entry_id = {THIRD}", amount="-1"), CHAIN),
    "an allocation's grant": (_set("grantallocation", f"entry_id = {THIRD}", grant_id=FREE_GRANT), CHAIN),
    "a missing allocation": (f"DELETE FROM credits_grantallocation WHERE entry_id = {THIRD}", CHAIN),
    "a wallet's reference": (_wallet(reference="'x'"), CHAIN),
    "a wallet's head": (_wallet(head_hash="'ff'"), "wallet_head_is_last_hash"),
    "a wallet's sequence": (_wallet(sequence="8"), "wallet_sequence_is_last_entry"),
    "a cut tail": (
        f"DELETE FROM credits_grantallocation WHERE entry_id IN"
        f" (SELECT id FROM credits_ledgerentry WHERE sequence = 3 AND wallet_id = {V});"
        f"DELETE FROM credits_ledgerentry WHERE sequence = 3 AND wallet_id = {V};"
        f"UPDATE credits_grant SET remaining = remaining + 2000000 WHERE sequence = 2 AND wallet_id = {V};"
        "UPDATE credits_wallet SET sequence = 2, balance = balance + 2000000, head_hash = (SELECT hash FROM"
        f" credits_ledgerentry e WHERE e.sequence = 2 AND e.wallet_id = {V}) WHERE reference = 'v'",
        "entries_of_checkpoint_are_there",
    ),
}

# What only the ledger itself can show: an export has no rows of grants, holds and wallets.
IN_STATE = {
    "a wallet's balance": (_wallet(balance="balance + 1"), "wallet_balance_is_sum_of_grants"),
    "a wallet's held": (_wallet(held="held - 1"), "wallet_held_is_sum_of_entries"),
    "a wallet's debt": (_wallet(debt="1"), "wallet_debt_is_sum_of_entries"),
    "a wallet's status": (_wallet(status="'frozen'"), "wallet_status_is_last_freeze"),
    "a wallet's last instant": (_wallet(last_effective_at=EARLIER), "wallet_last_effective_at_is_last_entrys"),
    "a wallet's next change": (_wallet(next_change_at=LATER), "wallet_next_change_is_the_next"),
    "a grant's amount": (_grant(amount="amount + 1"), "grant_terms_are_as_issued"),
    "a grant's remaining": (_grant(remaining="remaining - 1"), "grant_remaining_is_sum_of_allocations"),
    "a grant's held": (_grant(held="held - 1"), "grant_held_is_sum_of_cover"),
    "a grant's source": (_grant(source="'promotion'"), "grant_terms_are_as_issued"),
    "a grant's priority": (_grant(priority="1"), "grant_terms_are_as_issued"),
    "a grant's begin": (_grant(effective_at=EARLIER), "grant_terms_are_as_issued"),
    "a grant's end": (_grant(expires_at=LATER), "grant_terms_are_as_issued"),
    "a grant without end": (_grant(expires_at="NULL"), "grant_terms_are_as_issued"),
    "a grant's rollover": (_grant(rollover="'[null,99,9,1]'"), "grant_terms_are_as_issued"),
    "a grant's parent": (_grant(parent_id="id"), "grant_terms_are_as_issued"),
    "a grant's origin": (_grant(origin_id="id"), "grant_terms_are_as_issued"),
    "a grant's cost": (_grant(cost_minor="1"), "grant_terms_are_as_issued"),
    "a grant's currency": (_grant(currency="'USD'"), "grant_terms_are_as_issued"),
    "a grant's wallet": (_grant(wallet_id=V), "allocation_stays_in_its_wallet"),
    "a grant's sequence": (_grant(sequence="2"), "grant_is_where_it_was_issued"),
    "a grant's creation": (_grant(created_at=EARLIER), "grant_is_where_it_was_issued"),
    "a grant's activation": (_grant(activated_at=LATER), "grant_began_and_ended_as_posted"),
    "a grant's void": (_grant(voided_at=LATER), "grant_began_and_ended_as_posted"),
    "a grant's description": (_grant(description="'pack of 200'"), "grant_texts_are_as_issued"),
    "a grant's metadata": (_grant(metadata="'{}'"), "grant_texts_are_as_issued"),
    "a grant's refund": (_grant(refunded="1"), "grant_claims_are_within_refunds"),
    "a grant's claim": (_grant(claimed="1"), "grant_claims_are_as_posted"),
    "a grant's loss": (_grant(lost="1"), "grant_losses_are_as_posted"),
    "a hold's amount": (_active(amount="amount + 1"), "hold_terms_are_as_placed"),
    "a hold's end": (_active(expires_at=LATER), "hold_terms_are_as_placed"),
    "a hold's placer": (_active(placed_by="'user:other'"), "hold_terms_are_as_placed"),
    "a hold's basis": (_active(basis="'estimate:9'"), "hold_terms_are_as_placed"),
    "a hold's begin": (_active(placed_at=EARLIER), "hold_was_placed_here"),
    "a hold's wallet": (_active(wallet_id=V), "hold_was_placed_here"),
    "a hold's description": (_active(description="'video'"), "hold_texts_are_as_placed"),
    "a hold's capture": (_ended(captured="captured + 1"), "hold_captured_is_as_posted"),
    "a hold's status": (_active(status="'released'", ended_at=LATER), "hold_ended_as_posted"),
    "an ended hold's status": (_ended(status="'active'", ended_at="NULL"), "hold_ended_as_posted"),
    "an ended hold's instant": (_ended(ended_at=LATER), "hold_ended_as_posted"),
    "a cover's amount": ("UPDATE credits_holdcover SET amount = amount + 1", "hold_cover_is_as_posted"),
    "a cover's grant": (f"UPDATE credits_holdcover SET grant_id = {FREE_GRANT}", "grant_held_is_sum_of_cover"),
    "a missing cover": ("DELETE FROM credits_holdcover", "hold_cover_is_as_posted"),
}
