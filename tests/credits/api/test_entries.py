import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credits.api import exports
from tests.credits.api.callers import Caller, fields, problem


@pytest.fixture
def used(admin: Caller) -> Caller:
    """A wallet `ada` with the entries issued 10, consumed 1, consumed 2, consumed 3."""
    admin.posts("wallets/ada/grants", amount="10")
    for amount in ("1", "2", "3"):
        admin.posts("wallets/ada/consume", amount=amount, metadata={"n": amount})
    return admin


def listed(caller: Caller, **query: Any) -> list[int]:
    response = caller.get("wallets/ada/entries", **query)
    assert response.status_code == 200, response.json()
    return [entry["sequence"] for entry in response.json()["results"]]


def test_a_statement_is_newest_first_and_comes_in_pages(used: Caller) -> None:
    assert listed(used) == [4, 3, 2, 1]
    page = used.get("wallets/ada/entries", limit=3).json()
    assert [entry["sequence"] for entry in page["results"]] == [4, 3, 2]
    last = used.client.get(page["next"]).json()
    assert ([entry["sequence"] for entry in last["results"]], last["next"]) == ([1], None)
    first = used.client.get(last["previous"]).json()
    assert [entry["sequence"] for entry in first["results"]] == [4, 3, 2]


def test_a_page_does_not_shift_when_entries_are_posted(used: Caller) -> None:
    page = used.get("wallets/ada/entries", limit=2).json()
    used.posts("wallets/ada/consume", amount="1")
    assert [entry["sequence"] for entry in used.client.get(page["next"]).json()["results"]] == [2, 1]


def test_a_stored_entry_is_shown_as_it_was_posted(used: Caller) -> None:
    posted = used.posts("wallets/ada/consume", amount="0.5", description="x", metadata={"a": [1.5, None]})
    posted.pop("wallet")
    assert used.get(f"entries/{posted['id']}").json() == posted
    assert used.get("wallets/ada/entries", limit=1).json()["results"] == [posted]
    assert len(posted["hash"]) == 64
    assert posted["allocations"] == [{"grant": posted["allocations"][0]["grant"], "amount": "-0.5"}]


def test_a_statement_is_filtered(used: Caller) -> None:
    instants = [entry["effective_at"] for entry in used.get("wallets/ada/entries").json()["results"]]
    assert listed(used, kind="consumed") == [4, 3, 2]
    assert listed(used, contra="adjustments") == [1]
    assert listed(used, **{"from": instants[2], "to": instants[0]}) == [3, 2]
    assert listed(used, kind="consumed", to=instants[2]) == []
    for name, value in (("kind", "bought"), ("contra", "x"), ("from", "today"), ("page", "2"), ("format", "xml")):
        assert fields(used.get("wallets/ada/entries", **{name: value})) == [name]
    assert fields(used.get("wallets/ada/entries", limit=201)) == ["limit"]
    assert fields(used.get("wallets/ada/entries", cursor="x")) == ["cursor"]


def test_a_page_costs_the_same_number_of_queries_whatever_its_length(used: Caller) -> None:
    def queries(limit: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            listed(used, limit=limit)
        return len(captured)

    used.get("wallets/ada/entries")
    assert queries(1) == queries(4)


def rows(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_has_all_that_is_filtered(used: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", 2)
    lines = rows(used.get("wallets/ada/entries", format="csv"))
    assert [line["sequence"] for line in lines] == ["4", "3", "2", "1"]
    assert [line["amount"] for line in lines] == ["-3", "-2", "-1", "10"]
    stored = used.get("wallets/ada/entries").json()["results"]
    for line, entry in zip(lines, stored, strict=True):
        same = ("id", "kind", "contra", "balance_after", "effective_at", "created_at", "hash", "request_id")
        assert {name: line[name] for name in same} == {name: entry[name] for name in same}
        assert line["grant"] == (entry["grant"] or "")
    assert len(rows(used.get("wallets/ada/entries", format="csv", kind="consumed"))) == 3
    by_header = used.get("wallets/ada/entries", headers={"Accept": "text/csv"})
    assert by_header.headers["Content-Disposition"] == 'attachment; filename="statement-ada.csv"'
    assert rows(by_header) == lines


def test_csv_is_refused_as_a_problem(used: Caller) -> None:
    problem(used.get("wallets/nobody/entries", headers={"Accept": "text/csv"}), 404, "wallet_not_found")
    problem(used.get("wallets/ada/entries", headers={"Accept": "text/html"}), 406, "not_acceptable")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x"]
)
def test_csv_gives_a_spreadsheet_no_formula(admin: Caller, text: str) -> None:
    admin.posts("wallets/-5@x/grants", amount="10", description=text)
    admin.posts("wallets/-5@x/consume", amount="2")
    lines = rows(admin.get("wallets/-5@x/entries", format="csv"))
    assert lines[1]["description"] == f"'{text}"
    assert lines[0]["amount"] == "-2"


def test_a_reversal_gives_back_and_no_more_than_was_taken(used: Caller) -> None:
    entry = used.get("wallets/ada/entries").json()["results"][0]["id"]
    part = used.posts(f"entries/{entry}/reverse", amount="1", reason="slow", key="r1")
    assert (part["kind"], part["amount"], part["reverses"]) == ("reversed", "1", entry)
    assert used.post(f"entries/{entry}/reverse", amount="1", reason="slow", key="r1").json()["id"] == part["id"]
    assert used.posts(f"entries/{entry}/reverse", reason="slow")["amount"] == "2"
    problem(used.post(f"entries/{entry}/reverse", reason="slow"), 409, "not_reversible")
    problem(used.post(f"entries/{part['id']}/reverse", reason="slow"), 409, "not_reversible")
    assert fields(used.post(f"entries/{entry}/reverse", {"amount": "1"})) == ["reason"]
    assert used.get("wallets/ada").json()["balance"] == "7"


def test_an_unknown_entry_is_404(admin: Caller) -> None:
    path = "entries/019a0000-0000-7000-8000-000000000000"
    problem(admin.get(path), 404, "entry_not_found")
    problem(admin.get(f"{path}/explain"), 404, "entry_not_found")
    problem(admin.post(f"{path}/reverse", reason="x"), 404, "entry_not_found")


@pytest.mark.parametrize(
    ("accept", "query", "answered"),
    [
        ("text/csv", {}, "text/csv"),
        ("text/csv", {"format": "json"}, "application/json"),
        ("application/json", {"format": "csv"}, "text/csv"),
        ("text/csv;q=0.5, application/json", {}, "application/json"),
        ("application/json;q=0.5, text/csv;q=0.9", {}, "text/csv"),
        ("application/json;q=0, */*", {}, "text/csv"),
        ("text/*, application/json;q=0.9", {}, "text/csv"),
        ("text/html, */*;q=0.1", {}, "application/json"),
        ("Application/JSON; charset=utf-8", {}, "application/json"),
    ],
)
def test_a_statement_comes_as_the_caller_prefers(
    admin: Caller, accept: str, query: dict[str, str], answered: str
) -> None:
    admin.posts("wallets/ada/grants", amount="5")
    answer = admin.get("wallets/ada/entries", headers={"Accept": accept}, **query)
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, answered)


def test_what_no_statement_is_written_in_is_refused(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="5")
    for accept in ("text/html", "application/json;q=0", "text/csv;q=0, application/json;q=0"):
        problem(admin.get("wallets/ada/entries", headers={"Accept": accept}), 406, "not_acceptable")
    assert fields(admin.get("wallets/ada/entries", format="xml")) == ["format"]


def test_a_statement_as_csv_is_no_page(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="5")
    assert fields(admin.get("wallets/ada/entries", format="csv", limit="1")) == ["limit"]
    paged = admin.get("wallets/ada/entries", headers={"Accept": "text/csv"}, limit="1", cursor="x")
    assert fields(paged) == ["cursor", "limit"]
