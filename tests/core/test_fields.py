"""Columns keep amounts, JSON and case exactly, on every database."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from core.fields import CreditsField
from core.models import Event, EventStream


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value", [{}, [], None, {"b": 1, "a": [1.5, 10**30, "é😀", True]}, "text", {"big": 12345678901234567890.5}]
)
def test_json_comes_back_as_it_was(value: Any) -> None:
    if value is None:
        value = {"nothing": None}
    event = Event.objects.create(stream="a", name="x.y", payload=value, created_at=timezone.now())
    assert Event.objects.get(pk=event.pk).payload == value


@pytest.mark.django_db
def test_json_is_stored_as_canonical_text() -> None:
    Event.objects.create(stream="a", name="x.y", payload={"b": 1, "a": 2}, created_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM core_event")
        assert cursor.fetchone()[0] == '{"a":2,"b":1}'


@pytest.mark.django_db
def test_exact_text_differs_by_case() -> None:
    EventStream.objects.create(stream="Req-A", last_seq=1)
    EventStream.objects.create(stream="req-a", last_seq=2)
    assert EventStream.objects.get(stream="req-a").last_seq == 2
    assert not EventStream.objects.filter(stream="REQ-A").exists()


def test_an_amount_is_a_decimal_in_python_and_millionths_in_the_database() -> None:
    field = CreditsField()
    assert field.get_prep_value(Decimal("12.5")) == 12_500_000
    assert field.get_prep_value(3) == 3_000_000
    assert field.from_db_value(12_500_000) == Decimal("12.5")
    assert field.from_db_value(Decimal(10**18)) == Decimal(10**12), "PostgreSQL sums bigints as numeric"
    assert field.from_db_value(None) is field.get_prep_value(None) is None


@pytest.mark.parametrize("value", [0.1, "0.0000001", Decimal("NaN"), Decimal("Infinity"), "1E-7"])
def test_an_inexact_amount_is_never_stored(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        CreditsField().get_prep_value(value)


@pytest.mark.parametrize("value", ["abc", "0.0000001", "NaN", []])
def test_a_form_refuses_what_is_no_amount(value: Any) -> None:
    with pytest.raises(ValidationError):
        CreditsField().to_python(value)
