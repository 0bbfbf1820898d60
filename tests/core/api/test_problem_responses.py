"""Every error is problem+json that says what to do next, and nothing of our insides."""

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

MEMBERS = {"type", "title", "status", "detail", "code", "instance"}


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is the problem of this status and code; return its members."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert response["X-Request-Id"]
    body: dict[str, Any] = response.json()
    assert set(body) >= MEMBERS
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"/problems#{code.replace('_', '-')}"
    assert body["detail"].endswith(".")
    assert body["instance"] == response.wsgi_request.path
    return body


def post(http: Client, path: str, body: bytes | str, content_type: str = "application/json") -> Any:
    return http.post(path, body, content_type=content_type)


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/nothing", "/nothing", "/api/v1/wallets/", "/healthz/"])
def test_an_unknown_path_is_a_404_problem(http: Client, path: str) -> None:
    problem(http.get(path), 404, "not_found")


def test_a_browser_gets_a_page_for_an_unknown_path_outside_of_the_api(http: Client) -> None:
    answer = http.get("/nothing", headers={"Accept": "text/html"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")
    problem(http.get("/api/nothing", headers={"Accept": "text/html"}), 404, "not_found")


def test_a_wrong_method_names_the_allowed_ones(http: Client) -> None:
    answer = http.delete("/api/echo")
    problem(answer, 405, "method_not_allowed")
    assert {"GET", "POST"} <= {method.strip() for method in answer["Allow"].split(",")}


def test_an_unknown_representation_is_a_406_problem(http: Client) -> None:
    problem(http.get("/api/echo", headers={"Accept": "image/png"}), 406, "not_acceptable")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "", "application/json; charset=latin-1", "multipart/form-data"],
)
def test_only_json_in_utf8_is_taken(http: Client, content_type: str) -> None:
    problem(post(http, "/api/echo", b'{"count": 1}', content_type), 415, "unsupported_media_type")


def test_a_body_of_a_get_is_ignored(http: Client) -> None:
    assert http.generic("GET", "/api/echo", b"\xff{", content_type="text/plain").status_code == 200


@pytest.mark.parametrize("body", [b"{", b"[" * 2_000 + b"]" * 2_000, b'{"a":1,"a":2}', b"NaN", b'"\\ud800"', b"\xff"])
def test_broken_json_is_a_400_problem(http: Client, body: bytes) -> None:
    problem(post(http, "/api/any", body), 400, "malformed_json")


def test_a_body_may_have_one_megabyte_and_no_byte_more(http: Client) -> None:
    largest = b'"' + b"a" * 1_048_574 + b'"'
    assert post(http, "/api/any", largest).status_code == 200
    problem(post(http, "/api/any", largest + b" "), 413, "body_too_large")


@pytest.mark.parametrize("body", [b"[]", b"1", b'"text"', b"null", b"true"])
def test_a_body_that_is_no_object_is_a_validation_problem(http: Client, body: bytes) -> None:
    problem(post(http, "/api/echo", body), 400, "validation_failed")


def test_each_wrong_member_is_named_by_its_path(http: Client) -> None:
    body = '{"amount": "1e3", "unknown": 1}'
    assert problem(post(http, "/api/echo", body), 400, "validation_failed")["errors"] == [
        {"field": "unknown", "detail": "This member is not known here."}
    ]
    body = '{"lines": [{"amount": "1"}, {"amount": "x"}], "count": 11}'
    errors = problem(post(http, "/api/echo", body), 400, "validation_failed")["errors"]
    assert [error["field"] for error in errors] == ["count", "lines.1.amount"]


def test_a_defect_is_a_500_problem_without_insides(http: Client, caplog: pytest.LogCaptureFixture) -> None:
    answer = http.get("/api/fail/defect", headers={"X-Request-Id": "case-1"})
    problem(answer, 500, "internal_error")
    assert b"hunter2" not in answer.content
    assert b"RuntimeError" not in answer.content
    assert answer["X-Request-Id"] == "case-1"
    assert any(record.exc_info for record in caplog.records), "the log has no traceback"


@pytest.mark.parametrize("error", ["locked", "gone"])
def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(http: Client, error: str) -> None:
    for path in (f"/api/fail/{error}", f"/page?error={error}"):
        answer = http.get(path)
        problem(answer, 503, "unavailable")
        assert int(answer["Retry-After"]) >= 1


def test_a_wrong_statement_is_a_defect_and_not_a_busy_database(http: Client) -> None:
    problem(http.get("/api/fail/statement"), 500, "internal_error")


def test_a_models_own_refusal_is_a_validation_problem(http: Client) -> None:
    body = problem(http.get("/api/fail/model"), 400, "validation_failed")
    assert body["errors"] == [{"field": "name", "detail": "Too long."}]


def test_a_throttled_caller_learns_how_long_to_wait(http: Client) -> None:
    answer = http.get("/api/fail/throttled")
    assert "8 seconds" in problem(answer, 429, "throttled")["detail"]
    assert answer["Retry-After"] == "8"


def test_a_stranger_is_challenged(http: Client) -> None:
    answer = http.get("/api/protected")
    problem(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Bearer"
    for credentials in ("Bearer nonsense", "Api-Key nonsense", "Api-Key \u00ff"):
        answer = http.get("/api/protected", headers={"Authorization": credentials})
        problem(answer, 401, "authentication_failed")
        assert answer["WWW-Authenticate"]


def test_a_view_without_authenticators_challenges_too(http: Client) -> None:
    answer = http.get("/api/fail/stranger")
    problem(answer, 401, "authentication_failed")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_form_without_its_token_is_refused_as_page_or_problem(http: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = strict.post("/admin/login/", {"username": "a"}, headers={"Accept": "text/html"})
    assert (page.status_code, page["Content-Type"]) == (403, "text/html; charset=utf-8")
    problem(strict.post("/admin/login/", {"username": "a"}), 403, "csrf_failed")


def test_a_strange_host_is_a_400_problem(http: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["good.example"]
    problem(http.get("/api/v1/me", headers={"Host": "evil.example"}), 400, "bad_request")


@pytest.mark.parametrize("path", ["/api/echo?count=%00", "/api/a%00b", "/api/v1/schemas/%00"])
def test_nul_in_a_url_is_a_400_problem(http: Client, path: str) -> None:
    problem(http.get(path), 400, "bad_request")
