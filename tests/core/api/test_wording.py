"""What is said of a wrong member says what to send, in our own words."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from rest_framework import fields, relations, serializers

from core.api.fields import StrictSerializer

SHOWN = (
    "required",
    "null",
    "invalid",
    "blank",
    "invalid_choice",
    "not_a_list",
    "not_a_dict",
    "empty",
    "does_not_exist",
)


def strict_serializers(kind: type[StrictSerializer] = StrictSerializer) -> Iterator[type[StrictSerializer]]:
    for child in kind.__subclasses__():
        yield child
        yield from strict_serializers(child)


def stock_texts() -> set[str]:
    """Return what the framework's own fields say."""
    kinds = [*vars(fields).values(), *vars(relations).values(), *vars(serializers).values()]
    tables = (getattr(kind, "default_error_messages", {}) for kind in kinds if isinstance(kind, type))
    return {str(text) for table in tables for text in table.values()} - {"Send a JSON object."}


def test_no_member_of_any_body_or_query_is_told_of_in_stock_texts() -> None:
    assert get_resolver().url_patterns, "every view is imported"
    stock = stock_texts()
    assert "This field is required." in stock
    for kind in strict_serializers():
        for name, field in kind().fields.items():
            said = {code: str(text) for code, text in field.error_messages.items() if code in SHOWN}
            said |= {type(one).__name__: str(getattr(one, "message", "")) for one in field.validators}
            assert not [said[code] for code in said if said[code] in stock], (kind, name)
            assert not [text for text in said.values() if text.startswith("Ensure")], (kind, name)


@pytest.mark.parametrize(
    ("member", "told"),
    [
        ({"count": "5"}, "Send a whole number."),
        ({"count": 11}, "Send at most 10."),
        ({"count": None}, "Send a value; null is none."),
        ({"final": "true"}, "Send true or false."),
        ({"at": "tomorrow"}, 'Write an instant with its offset, such as "2026-11-21T09:30:00Z".'),
        ({"at": "2026-13-01T00:00:00Z"}, 'Write an instant with its offset, such as "2026-11-21T09:30:00Z".'),
        ({"lines": {}}, "Send a list."),
        ({"lines": [5]}, "Send a JSON object."),
        ({"lines": [{}]}, "Send this; it is required."),
        ([], "Send a JSON object."),
    ],
)
def test_a_wrong_member_is_told_what_to_send(http: Client, member: Any, told: str) -> None:
    answer = http.post("/api/echo", json.dumps(member), content_type="application/json")
    assert (answer.status_code, [error["detail"] for error in answer.json()["errors"]]) == (400, [told])
