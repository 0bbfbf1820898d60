"""The OpenAPI document: complete, valid, and true of what the API answers."""

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from jsonschema import Draft202012Validator

from credits import services
from tests.credits.api import callers
from tests.credits.api.callers import Caller
from tests.security.routes import BASE, PAGES, PROBES, routes

Call = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("openapi") / "schema.json"
    call_command("spectacular", validate=True, fail_on_warn=True, format="openapi-json", file=str(path))
    return json.loads(path.read_text())


def calls(document: dict[str, Any]) -> Iterator[Call]:
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            yield method.upper(), path, call


def check(document: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    """Raise unless a value meets a schema of the document, and has no member that the schema doesn't name."""
    Draft202012Validator({**schema, "components": document["components"]}).validate(value)
    shape = resolved(document, schema)
    if isinstance(value, dict) and "properties" in shape and not shape.get("additionalProperties"):
        assert set(value) <= set(shape["properties"])


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/components/schemas/")
    return document["components"]["schemas"][name] if name else schema


def test_every_route_is_described(document: dict[str, Any]) -> None:
    named = {(method, path) for method, path, _ in calls(document)}
    for method, route in routes():
        if route.split("/")[0] in PAGES:
            continue
        base = "/" if route in PROBES else f"/{BASE}"
        path = base + route.replace("<str:", "{").replace("<uuid:", "{").replace(">", "}")
        assert (method, path) in named


def test_every_call_names_its_refusals_and_the_request_id(document: dict[str, Any]) -> None:
    for method, path, call in calls(document):
        assert {"$ref": "#/components/parameters/RequestId"} in call["parameters"]
        if path in ("/healthz", "/readyz"):
            continue
        assert {"400", "405", "406", "429", "503", "default"} <= set(call["responses"]), (method, path)
        assert ("requestBody" in call) == ({"413", "415"} <= set(call["responses"])), (method, path)
        if {} not in call.get("security", [{}]):
            assert {"401", "403"} <= set(call["responses"]), (method, path)
        for status, answer in call["responses"].items():
            if "$ref" in answer:
                continue
            assert "X-Request-Id" in answer["headers"], (method, path, status)
            if not status.startswith("2"):
                assert set(answer["content"]) == {"application/problem+json"}


def test_the_probes_claim_what_they_answer(document: dict[str, Any]) -> None:
    probes = {path: document["paths"][path]["get"]["responses"] for path in ("/healthz", "/readyz")}
    assert {path: set(answers) for path, answers in probes.items()} == {"/healthz": {"200"}, "/readyz": {"200", "503"}}
    refused = probes["/readyz"]["503"]["content"]["application/problem+json"]["examples"]
    assert set(refused["service_not_ready"]["value"]["failed"]) == {"broker"}


def test_a_statement_as_csv_has_an_example_as_it_is_written(document: dict[str, Any], admin: Caller) -> None:
    content = document["paths"]["/api/v1/wallets/{reference}/entries"]["get"]["responses"]["200"]["content"]
    (example,) = content["text/csv"]["examples"].values()
    admin.posts("wallets/ada/grants", amount="1")
    text = b"".join(admin.get("wallets/ada/entries", format="csv").streaming_content).decode()
    assert example["value"].splitlines()[0] == text.splitlines()[0]
    assert [len(row) for row in csv.reader(io.StringIO(example["value"]))] == [len(text.splitlines()[0].split(","))] * 2


def test_every_write_that_posts_takes_an_idempotency_key(document: dict[str, Any]) -> None:
    keyed = {
        path.removeprefix("/api/v1/")
        for method, path, call in calls(document)
        if any(part.get("name") == "Idempotency-Key" for part in call["parameters"])
    }
    wallet, hold = "wallets/{reference}", "holds/{hold_id}"
    assert keyed >= {
        *(f"{wallet}/{verb}" for verb in ("grants", "consume", "holds", "freeze", "unfreeze", "adjust", "reset")),
        *(f"{hold}/{verb}" for verb in ("capture", "release", "extend")),
        *("consumptions", "transfers", "grants/{grant_id}/void", "entries/{entry_id}/reverse"),
        f"{wallet}/forgive-debt",
    }


def test_every_body_and_answer_has_an_example_that_meets_its_schema(document: dict[str, Any]) -> None:
    without = []
    for method, path, call in calls(document):
        contents = [(call["requestBody"], "body")] if "requestBody" in call else []
        contents += [(answer, status) for status, answer in call["responses"].items() if "$ref" not in answer]
        for holder, name in contents:
            for content in holder.get("content", {}).values():
                if name == "default":
                    continue
                examples = [one["value"] for one in content.get("examples", {}).values()]
                examples += [content["example"]] if "example" in content else []
                if not examples:
                    without.append((method, path, name))
                for example in examples:
                    check(document, content["schema"], example)
    assert not without


def test_common_refusals_have_examples_that_meet_the_schema(document: dict[str, Any]) -> None:
    for answer in document["components"]["responses"].values():
        (content,) = answer["content"].values()
        for example in content["examples"].values():
            check(document, content["schema"], example["value"])


def ask(document: dict[str, Any], caller: Caller, method: str, path: str, template: str, body: Any = None) -> Any:
    """Make a call and hold its answer against the document."""
    sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    response = caller.client.generic(method, f"/api/v1/{path}", **sent)
    answers = document["paths"][f"/api/v1/{template}"][method.lower()]["responses"]
    answer = answers[str(response.status_code)]
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
    media_type = response.headers["Content-Type"].split(";")[0]
    check(document, answer["content"][media_type]["schema"], response.json())
    return response.json()


def test_answers_are_as_the_document_says(document: dict[str, Any], admin: Caller) -> None:
    wallet = "wallets/{reference}"

    def post(path: str, template: str, **body: Any) -> Any:
        return ask(document, admin, "POST", path, template, body)

    def get(path: str, template: str) -> Any:
        return ask(document, admin, "GET", path, template)

    post("wallets", "wallets", reference="ada", attributes={"a": 1})
    post("wallets", "wallets", reference="ada", attributes={"a": 1})
    post("wallets", "wallets", reference="ada")
    post("wallets", "wallets", reference="bob")
    grant = post("wallets/ada/grants", f"{wallet}/grants", amount="100", expires_in_days=3, metadata={"x": 1})
    bought = post("wallets/ada/grants", f"{wallet}/grants", amount="9", source="purchase", priority=0)
    used = post("wallets/ada/consume", f"{wallet}/consume", amount="15", description="d")
    services.claw_back(grant=bought["id"], amount=Decimal(9), reason="refund")
    post("wallets/ada/consume", f"{wallet}/consume", amount="1000")
    post("wallets/ada/consume", f"{wallet}/consume", amount="x")
    items = [{"reference": "ada", "amount": "1"}, {"reference": "ada", "amount": "0"}]
    post("consumptions", "consumptions", items=items)
    hold = post("wallets/ada/holds", f"{wallet}/holds", amount="5")["hold"]["id"]
    get(f"holds/{hold}", "holds/{hold_id}")
    post(f"holds/{hold}/extend", "holds/{hold_id}/extend", amount="1")
    post(f"holds/{hold}/capture", "holds/{hold_id}/capture", amount="1", final=False)
    post(f"holds/{hold}/release", "holds/{hold_id}/release")
    post(f"holds/{hold}/release", "holds/{hold_id}/release")
    post(f"entries/{used['id']}/reverse", "entries/{entry_id}/reverse", reason="r", amount="1")
    post("transfers", "transfers", source="ada", target="bob", amount="1")
    for verb in ("freeze", "freeze", "unfreeze"):
        post(f"wallets/ada/{verb}", f"{wallet}/{verb}", reason="r")
    post("wallets/ada/adjust", f"{wallet}/adjust", amount="-1", reason="r")
    post("wallets/ada/forgive-debt", f"{wallet}/forgive-debt", amount="1", reason="r")
    for path in ("", "/entries", "/grants", "/holds", "/expiring", "/stats", "/explain", "/forecast"):
        get(f"wallets/ada{path}", f"{wallet}{path}")
    get(f"wallets/ada?at={grant['created_at']}", wallet)
    get("wallets", "wallets")
    for entry in get("wallets/ada/entries", f"{wallet}/entries")["results"]:
        get(f"entries/{entry['id']}", "entries/{entry_id}")
        get(f"entries/{entry['id']}/explain", "entries/{entry_id}/explain")
    post(f"grants/{grant['id']}/void", "grants/{grant_id}/void", reason="r")
    post("wallets/ada/reset", f"{wallet}/reset", reason="r")
    get("reports/trial-balance", "reports/trial-balance")
    get("ledger/checkpoint", "ledger/checkpoint")
    post("wallets/ada/refresh", f"{wallet}/refresh")
    ask(document, admin, "PATCH", "wallets/ada", wallet, {"time_zone": "Asia/Tokyo"})
    ask(document, callers.Caller(None), "GET", "wallets/ada", wallet)


def test_the_document_is_served_and_shown_without_inline_scripts(admin: Caller) -> None:
    served = admin.client.get("/api/schema", headers={"Accept": "application/json"})
    assert served.json()["openapi"] == "3.1.1"
    page = admin.client.get("/api/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "<script>" not in text
    assert "http://" not in text
    assert "https://" not in text
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "'unsafe-inline'" not in admin.client.get("/api/v1/wallets").headers["Content-Security-Policy"]
