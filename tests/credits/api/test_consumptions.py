from tests.credits.api.callers import Caller, fields, problem


def test_consuming_takes_credits_and_shows_the_entry_and_the_wallet(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="100")
    entry = admin.posts("wallets/ada/consume", amount="12.5", description="a chat", metadata={"model": "m"})
    assert (entry["kind"], entry["amount"], entry["balance_after"]) == ("consumed", "-12.5", "87.5")
    assert (entry["reference"], entry["contra"], entry["sequence"]) == ("ada", "usage", 2)
    assert (entry["description"], entry["metadata"]) == ("a chat", {"model": "m"})
    assert entry["wallet"]["available"] == "87.5"


def test_a_repetition_has_the_first_answer_and_takes_nothing(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="100")
    first = admin.post("wallets/ada/consume", amount="1.0", key="request-1")
    again = admin.post("wallets/ada/consume", amount="1", key="request-1")
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["wallet"]["balance"] == "99"
    assert "Idempotency-Replayed" not in first.headers


def test_another_request_under_a_used_key_is_refused(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="100")
    admin.posts("wallets/ada/consume", amount="1", key="request-1")
    problem(admin.post("wallets/ada/consume", amount="2", key="request-1"), 422, "idempotency_key_reused")


def test_too_little_is_402_with_all_that_explains_it(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="10", expires_in_days=3)
    admin.posts("wallets/ada/holds", amount="4")
    refusal = problem(admin.post("wallets/ada/consume", amount="7"), 402, "insufficient_credits")
    amounts = {name: refusal[name] for name in ("required", "available", "held", "balance")}
    assert amounts == {"required": "7", "available": "6", "held": "4", "balance": "10"}
    assert [part["amount"] for part in refusal["expiring"]] == ["6"]
    assert refusal["instance"] == "/api/v1/wallets/ada/consume"


def test_an_unknown_wallet_has_nothing_to_consume(admin: Caller) -> None:
    refusal = problem(admin.post("wallets/nobody/consume", amount="7"), 402, "insufficient_credits")
    assert (refusal["required"], refusal["available"], refusal["expiring"]) == ("7", "0", [])


def test_up_to_takes_what_is_there_and_records_the_rest(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="10")
    entry = admin.posts("wallets/ada/consume", amount="12", overage="up_to")
    assert (entry["amount"], entry["shortfall"], entry["wallet"]["balance"]) == ("-10", "2", "0")


def test_a_frozen_wallet_refuses(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="10")
    admin.posts("wallets/ada/freeze", reason="fraud")
    problem(admin.post("wallets/ada/consume", amount="1"), 403, "wallet_frozen")


def test_what_is_misspelt_or_no_amount_is_named(admin: Caller) -> None:
    path = "wallets/ada/consume"
    assert fields(admin.post(path, {"amount": "1", "ammount": "1"})) == ["ammount"]
    assert fields(admin.post(path, {})) == ["amount"]
    assert fields(admin.post(path, [])) == [""]
    for amount in (
        "0",
        "-1",
        "1e3",
        "1.0000001",
        "\uff11",
        "1_0",
        "+1",
        "NaN",
        True,
        None,
        [],
        {},
        "1000000000.000001",
    ):
        assert fields(admin.post(path, {"amount": amount})) == ["amount"], amount
    assert fields(admin.post(path, {"amount": "1", "overage": "lots"})) == ["overage"]
    assert fields(admin.post(path, {"amount": "1", "metadata": []})) == ["metadata"]
    assert fields(admin.post(path, {"amount": "1", "metadata": {"a": "x" * 4096}})) == ["metadata"]
    assert fields(admin.post(path, {"amount": "1", "description": "x" * 4097})) == ["description"]
    assert fields(admin.post(path, {"amount": "1", "description": 5})) == ["description"]


def test_a_key_must_be_visible_ascii(admin: Caller) -> None:
    for key in ("", "a b", "ü", "x" * 256):
        problem(admin.post("wallets/ada/consume", amount="1", key=key), 400, "idempotency_key_invalid")


def test_a_reference_in_the_path_must_be_one(admin: Caller) -> None:
    for reference in ("me", "a b", "ü", "x" * 129):
        assert fields(admin.post(f"wallets/{reference}/consume", amount="1")) == ["reference"]


def test_a_customer_consumes_from_the_own_wallet_as_me(admin: Caller, customer: Caller) -> None:
    admin.posts(f"wallets/{customer.reference}/grants", amount="5")
    entry = customer.posts("wallets/me/consume", amount="2")
    assert (entry["reference"], entry["wallet"]["balance"]) == (customer.reference, "3")


def test_a_batch_answers_for_each_item_in_order(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="10")
    admin.posts("wallets/bob/grants", amount="10")
    items = [
        {"reference": "ada", "amount": "4"},
        {"reference": "bob", "amount": "11"},
        {"reference": "ada", "amount": "many"},
        "no object",
        {"reference": "bob", "amount": "11", "overage": "up_to"},
        {"reference": "nobody", "amount": "1"},
        {"reference": "ada", "amount": "6", "description": "the rest"},
    ]
    results = admin.post("consumptions", items=items).json()["results"]
    assert [result["status"] for result in results] == [201, 402, 400, 400, 201, 402, 201]
    assert [result["problem"]["code"] for result in results if "problem" in result] == [
        "insufficient_credits",
        "validation_failed",
        "validation_failed",
        "insufficient_credits",
    ]
    assert results[2]["problem"]["errors"][0]["field"] == "amount"
    assert [result["entry"]["balance_after"] for result in results if "entry" in result] == ["6", "0", "0"]


def test_the_batch_key_stands_for_each_item_and_an_own_key_goes_before_it(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="10")
    items = [{"reference": "ada", "amount": "1"}, {"reference": "ada", "amount": "2", "idempotency_key": "own"}]
    first = admin.post("consumptions", items=items, key="batch")
    assert first.status_code == 200
    assert [result["replayed"] for result in first.json()["results"]] == [False, False]
    again = admin.post("consumptions", items=[*items, {"reference": "ada", "amount": "3"}], key="batch").json()[
        "results"
    ]
    assert [result["replayed"] for result in again] == [True, True, False]
    assert again[0]["entry"]["id"] == first.json()["results"][0]["entry"]["id"]
    for key, amount in (("batch/0", "1"), ("own", "2")):
        replay = admin.post("wallets/ada/consume", amount=amount, key=key)
        assert replay.headers["Idempotency-Replayed"] == "true"
    assert admin.get("wallets/ada").json()["balance"] == "4"


def test_a_batch_is_a_list_of_1_to_1000_items(admin: Caller) -> None:
    item = {"reference": "ada", "amount": "1"}
    for body in ({"items": []}, {"items": [item] * 1001}, {"items": item}, [item], {"items": [item], "more": 1}, {}):
        assert fields(admin.post("consumptions", body)) == ["items"]
    key = "x" * 241
    problem(admin.post("consumptions", items=[item], key=key), 400, "idempotency_key_invalid")


def test_a_batch_may_have_1000_items(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="1000")
    results = admin.post("consumptions", items=[{"reference": "ada", "amount": "0.5"}] * 1000).json()["results"]
    assert {result["status"] for result in results} == {201}
    assert admin.get("wallets/ada").json()["balance"] == "500"


def test_the_callers_request_id_stands_on_the_entry(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="1")
    headers = {"X-Request-Id": "order-4711"}
    response = admin.client.post("/api/v1/wallets/ada/consume", {"amount": "1"}, format="json", headers=headers)
    assert response.headers["X-Request-Id"] == response.json()["request_id"] == "order-4711"
