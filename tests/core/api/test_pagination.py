"""Pages by cursor: every row once, whatever is inserted meanwhile; a bad limit or cursor is refused."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.models import AttributeSchema

pytestmark = pytest.mark.django_db


def add(*versions: int, subject: str = "a") -> None:
    AttributeSchema.objects.bulk_create(
        AttributeSchema(subject=subject, version=n, schema={}, actor="", created_at=timezone.now()) for n in versions
    )


def versions(page: Any) -> list[int]:
    return [row["version"] for row in page["results"]]


def walk(http: Client, path: str, direction: str = "next") -> list[list[int]]:
    pages = []
    while path:
        answer = http.get(path)
        assert answer.status_code == 200, answer.content
        pages.append(versions(answer.json()))
        path = answer.json()[direction]
    return pages


@pytest.mark.parametrize(
    ("path", "rows"), [("/api/rows", [7, 6, 5, 4, 3, 2, 1]), ("/api/rows-upwards", [1, 2, 3, 4, 5, 6, 7])]
)
def test_pages_show_every_row_once_in_order_and_back_again(http: Client, path: str, rows: list[int]) -> None:
    add(*range(1, 8))
    pages = walk(http, f"{path}?limit=3")
    assert pages == [rows[:3], rows[3:6], rows[6:]]
    last = http.get(http.get(http.get(f"{path}?limit=3").json()["next"]).json()["next"]).json()
    assert last["next"] is None
    assert walk(http, last["previous"], "previous") == [rows[3:6], rows[:3]]


def test_rows_of_equal_rank_are_neither_lost_nor_doubled(http: Client) -> None:
    for subject in "abcde":
        add(1, 2, subject=subject)
    assert walk(http, "/api/rows?limit=1") == [[2]] * 5 + [[1]] * 5


def test_an_insert_meanwhile_shifts_no_page(http: Client) -> None:
    add(1, 2, 3, 4)
    first = http.get("/api/rows?limit=2").json()
    add(5, 6)
    assert versions(http.get(first["next"]).json()) == [2, 1]


def test_an_exact_last_page_has_no_next(http: Client) -> None:
    add(1, 2)
    page = http.get("/api/rows?limit=2").json()
    assert (page["next"], page["previous"]) == (None, None)
    assert http.get("/api/rows?limit=1").json()["next"]


def test_an_empty_list_has_no_neighbours(http: Client) -> None:
    assert http.get("/api/rows").json() == {"results": [], "next": None, "previous": None}


def test_fifty_rows_are_the_default_and_two_hundred_the_most(http: Client) -> None:
    add(*range(1, 260))
    assert len(http.get("/api/rows").json()["results"]) == 50
    assert len(http.get("/api/rows?limit=200").json()["results"]) == 200


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.0", "abc", "", "٣", "1e1", "9" * 400, " 1", "+1"])
def test_a_limit_that_is_no_number_from_1_to_200_is_refused(http: Client, limit: str) -> None:
    answer = http.get("/api/rows", {"limit": limit})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "limit")


def test_an_unknown_parameter_is_refused(http: Client) -> None:
    answer = http.get("/api/rows?page=2")
    assert answer.json()["errors"] == [{"field": "page", "detail": "This parameter is not known here."}]


def test_a_cursor_that_was_changed_or_is_of_another_list_is_refused(http: Client) -> None:
    add(1, 2, 3)
    cursor = http.get("/api/rows?limit=1").json()["next"].rpartition("cursor=")[2]
    for wrong in (cursor[:-2], cursor[:8] + ("A" if cursor[8] != "A" else "B") + cursor[9:], "", "x", "é", "a" * 5_000):
        answer = http.get("/api/rows", {"cursor": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "cursor"), wrong
    assert http.get("/api/rows-upwards", {"cursor": cursor}).status_code == 400
    assert http.get("/api/rows", {"cursor": cursor}).status_code == 200
