-- The most that one durable consumption can cost: a function in the database that writes the same rows as ours.
CREATE OR REPLACE FUNCTION reference_consume(p_reference text, p_amount bigint, p_key text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    wallet credits_wallet%ROWTYPE;
    parcel RECORD;
    part bigint;
    rest bigint := p_amount;
    entry uuid := gen_random_uuid();
    link text;
    at timestamptz;
BEGIN
    SELECT * INTO wallet FROM credits_wallet WHERE reference = p_reference FOR UPDATE;
    PERFORM 1 FROM credits_ledgerentry
        WHERE wallet_id = wallet.id AND principal = 'service' AND idempotency_key = p_key;
    IF FOUND THEN RETURN 0; END IF;
    IF wallet.balance - wallet.held < p_amount THEN RAISE EXCEPTION 'insufficient'; END IF;
    at := clock_timestamp();
    link := encode(sha256(convert_to(wallet.head_hash || p_key || p_amount, 'UTF8')), 'hex');
    UPDATE credits_wallet
        SET balance = balance - p_amount, sequence = sequence + 1, head_hash = link,
            last_effective_at = at, updated_at = at
        WHERE id = wallet.id;
    INSERT INTO credits_ledgerentry (
        id, wallet_id, sequence, kind, contra, amount, held_change, debt_change, balance_after, held_after, debt_after,
        effective_at, created_at, idempotency_key, principal, fingerprint, request_id, shortfall, actor, hash,
        hash_version
    ) VALUES (
        entry, wallet.id, wallet.sequence + 1, 'consumed', 'usage', -p_amount, 0, 0, wallet.balance - p_amount,
        wallet.held, wallet.debt, at, at, p_key, 'service', link, 'bench', 0, 'key:bench', link, 1
    );
    FOR parcel IN
        SELECT id, remaining - held AS free FROM credits_grant
        WHERE wallet_id = wallet.id AND is_open AND remaining > held
        ORDER BY priority, expires_at NULLS LAST, source = 'purchase', effective_at, sequence, id
    LOOP
        part := least(parcel.free, rest);
        UPDATE credits_grant SET remaining = remaining - part WHERE id = parcel.id;
        INSERT INTO credits_grantallocation (entry_id, grant_id, amount) VALUES (entry, parcel.id, -part);
        rest := rest - part;
        EXIT WHEN rest = 0;
    END LOOP;
    INSERT INTO core_event (stream, name, payload, created_at) VALUES (
        'wallet:' || p_reference, 'credits.consumed',
        json_build_object('wallet', p_reference, 'entry', entry, 'sequence', wallet.sequence + 1, 'kind', 'consumed',
            'amount', p_amount, 'balance', wallet.balance - p_amount, 'held', wallet.held, 'debt', wallet.debt)::text,
        at
    );
    RETURN wallet.balance - p_amount;
END $$;
