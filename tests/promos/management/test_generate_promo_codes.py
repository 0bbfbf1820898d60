"""The command: a bar, a file, a batch."""

import csv
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from promos.models import CodeBatch, PromoCode

pytestmark = pytest.mark.django_db


def test_codes_are_generated_into_a_file_with_a_bar(tmp_path: Path) -> None:
    path, told = tmp_path / "codes.csv", io.StringIO()
    call_command(
        "generate_promo_codes",
        "50",
        *("--campaign", "cards", "--prefix", "GIFT", "--amount", "5", "--ends-at", "2027-01-01"),
        output=path,
        stderr=told,
    )
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert {row["code"] for row in rows} == set(PromoCode.objects.values_list("code", flat=True))
    assert {(row["amount"], row["ends_at"], row["redeemed"]) for row in rows} == {("5", "2027-01-01T00:00:00Z", "0")}
    assert "50 of 50 codes" in told.getvalue()
    assert str(CodeBatch.objects.get().pk) in told.getvalue()


def test_codes_are_written_to_standard_output() -> None:
    out = io.StringIO()
    call_command(
        "generate_promo_codes", "3", campaign="c", bonus_percent=10, group="g", stdout=out, stderr=io.StringIO()
    )
    assert len(out.getvalue().splitlines()) == 4
    assert set(PromoCode.objects.values_list("is_stackable", "group", "bonus_percent")) == {(False, "g", 10)}


def test_what_cannot_be_is_said_and_makes_nothing(tmp_path: Path) -> None:
    for arguments in (["0", "--amount", "5"], ["3"], ["100001", "--amount", "5"]):
        with pytest.raises(CommandError):
            call_command("generate_promo_codes", *arguments, campaign="c", stderr=io.StringIO())
    (tmp_path / "there").touch()
    with pytest.raises(CommandError, match="exists"):
        call_command("generate_promo_codes", "3", campaign="c", amount="5", output=tmp_path / "there")
    assert not PromoCode.objects.exists()


@pytest.mark.run_once
def test_a_hundred_thousand_codes_are_made_in_one_go(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    call_command("generate_promo_codes", "100000", campaign="c", amount="5", output=path, stderr=io.StringIO())
    assert PromoCode.objects.count() == 100_000
    with path.open() as file:
        assert sum(1 for _ in file) == 100_001
