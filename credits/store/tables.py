"""The columns that the store reads and writes, in one order for SQL and for the engine's state."""

from core.rows import Table

WALLET_STATE = (
    ("id", "uuid"),
    ("status", "text"),
    ("balance", "bigint"),
    ("held", "bigint"),
    ("debt", "bigint"),
    ("sequence", "bigint"),
    ("head_hash", "text"),
    ("last_effective_at", "instant"),
    ("next_change_at", "instant"),
    ("updated_at", "instant"),
    ("refusals", "bigint"),
    ("refusals_since", "instant"),
)

WALLETS = Table("credits_wallet", WALLET_STATE)

NEW_WALLETS = Table(
    "credits_wallet",
    (
        ("id", "uuid"),
        ("reference", "text"),
        ("status", "text"),
        ("balance", "bigint"),
        ("held", "bigint"),
        ("debt", "bigint"),
        ("sequence", "bigint"),
        ("head_hash", "text"),
        ("refusals", "bigint"),
        ("time_zone", "text"),
        ("attributes", "text"),
        ("created_at", "instant"),
        ("updated_at", "instant"),
    ),
)

GRANTS = Table(
    "credits_grant",
    (
        ("id", "uuid"),
        ("wallet_id", "uuid"),
        ("sequence", "bigint"),
        ("amount", "bigint"),
        ("source", "text"),
        ("effective_at", "instant"),
        ("priority", "bigint"),
        ("expires_at", "instant"),
        ("rollover", "text"),
        ("parent_id", "uuid"),
        ("origin_id", "uuid"),
        ("cost_minor", "bigint"),
        ("currency", "text"),
        ("description", "text"),
        ("metadata", "text"),
        ("remaining", "bigint"),
        ("held", "bigint"),
        ("activated_at", "instant"),
        ("voided_at", "instant"),
        ("refunded", "bigint"),
        ("lost", "bigint"),
        ("claimed", "bigint"),
        ("is_open", "flag"),
        ("created_at", "instant"),
    ),
)

GRANT_CHANGES = GRANTS.only(
    "id", "remaining", "held", "is_open", "activated_at", "voided_at", "refunded", "lost", "claimed"
)

HOLDS = Table(
    "credits_hold",
    (
        ("id", "uuid"),
        ("wallet_id", "uuid"),
        ("amount", "bigint"),
        ("placed_by", "text"),
        ("placed_at", "instant"),
        ("expires_at", "instant"),
        ("basis", "text"),
        ("description", "text"),
        ("metadata", "text"),
        ("captured", "bigint"),
        ("status", "text"),
        ("ended_at", "instant"),
    ),
)

HOLD_CHANGES = HOLDS.only("id", "amount", "expires_at", "captured", "status", "ended_at")

COVERS = Table("credits_holdcover", (("hold_id", "uuid"), ("grant_id", "uuid"), ("amount", "bigint")))

ENTRIES = Table(
    "credits_ledgerentry",
    (
        ("id", "uuid"),
        ("wallet_id", "uuid"),
        ("sequence", "bigint"),
        ("kind", "text"),
        ("contra", "text"),
        ("amount", "bigint"),
        ("held_change", "bigint"),
        ("debt_change", "bigint"),
        ("balance_after", "bigint"),
        ("held_after", "bigint"),
        ("debt_after", "bigint"),
        ("effective_at", "instant"),
        ("created_at", "instant"),
        ("idempotency_key", "text"),
        ("principal", "text"),
        ("fingerprint", "text"),
        ("request_id", "text"),
        ("caused_by_id", "uuid"),
        ("grant_id", "uuid"),
        ("hold_id", "uuid"),
        ("reverses_id", "uuid"),
        ("shortfall", "bigint"),
        ("actor", "text"),
        ("description", "text"),
        ("metadata", "text"),
        ("text_salt", "text"),
        ("text_hash", "text"),
        ("terms", "text"),
        ("hash", "text"),
        ("hash_version", "bigint"),
    ),
)

ALLOCATIONS = Table("credits_grantallocation", (("entry_id", "uuid"), ("grant_id", "uuid"), ("amount", "bigint")))

KEYS = Table("keys", (("wallet_id", "uuid"), ("principal", "text"), ("idempotency_key", "text")))
