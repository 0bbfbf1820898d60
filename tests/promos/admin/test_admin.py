"""The admin pages of promos: through the services, by those who may, with a trace."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import OperatorAction, User
from accounts.roles import sync_roles
from promos import services
from promos.models import CodeBatch, PromoCode
from tests.credits.admin.conftest import client_of
from tests.credits.admin.forms import told
from tests.promos.makers import OPERATOR, make_code, make_wallet, redeem

pytestmark = pytest.mark.django_db
TERMS = {"max_redemptions_per_wallet": "1", "audience": "everyone", "is_stackable": "on"}


def site_of(role: str) -> Client:
    sync_roles()
    operator = User.objects.create_user(f"{role.lower()}@example.com", "tide-lantern-42", is_staff=True)
    operator.groups.add(Group.objects.get(name=role))
    return client_of(operator)


@pytest.fixture
def site() -> Client:
    return site_of("Admin")


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:promos_{name}", args=args)


def test_every_model_has_its_page_and_shows_its_rows(site: Client) -> None:
    make_wallet()
    make_code(audience="listed", wallets=["ann"], group="g", is_stackable=False)
    redeem()
    services.count_refusal(reason="code_unknown")
    services.generate_codes(count=1, campaign="c", origin=OPERATOR, bonus_percent=5)
    for model in apps.get_app_config("promos").get_models():
        assert admin.site.is_registered(model)
        row = model._default_manager.first()
        assert site.get(page(f"{model._meta.model_name}_changelist")).status_code == 200
        assert site.get(page(f"{model._meta.model_name}_change", row.pk)).status_code == 200


def test_a_code_is_added_and_changed_through_the_services(site: Client) -> None:
    data = {**TERMS, "code": "SUMMER", "amount": "5", "is_active": "on", "audience": "listed", "wallets": "ann\nbob"}
    site.post(page("promocode_add"), data)
    code = PromoCode.objects.get()
    assert (code.code, code.normalized, code.amount) == ("SUMMER", "SUMMER", 5)
    assert sorted(listed.reference for listed in code.listed.all()) == ["ann", "bob"]
    data = {**TERMS, "max_redemptions": "7", "wallets": "cleo", "audience": "listed", "description": "New"}
    site.post(page("promocode_change", code.pk), data)
    code.refresh_from_db()
    assert (code.max_redemptions, code.is_active, code.description, code.amount) == (7, False, "New", 5)
    assert [listed.reference for listed in code.listed.all()] == ["cleo"]
    actions = OperatorAction.objects.filter(target_type="promo_code").values_list("action", flat=True)
    assert sorted(actions) == ["promo_code.change", "promo_code.create"]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"amount": ""}, "either an amount or a percentage"),
        ({"bonus_percent": "5"}, "either an amount or a percentage"),
        ({"code": "summer"}, "whatever case"),
        ({"audience": "plan"}, "has plan"),
        ({"wallets": "a b/c"}, "Use 1 to 128"),
        ({"is_stackable": ""}, "Name the group"),
    ],
)
def test_a_code_with_terms_that_break_a_rule_stays_on_the_page(site: Client, fields: dict[str, str], text: str) -> None:
    make_code()
    answer = site.post(page("promocode_add"), {**TERMS, "code": "OTHER", "amount": "5", **fields})
    assert answer.status_code == 200
    assert text in answer.content.decode()
    assert PromoCode.objects.count() == 1


def act(site: Client, action: str, *codes: PromoCode) -> Any:
    data = {"action": action, "_selected_action": [str(code.pk) for code in codes]}
    return site.post(page("promocode_changelist"), data, follow=True)


def test_r30_codes_are_switched_off_and_on_and_each_switch_is_audited(site: Client) -> None:
    codes = [make_code("ONE"), make_code("TWO")]
    act(site, "deactivate", *codes)
    assert not PromoCode.objects.filter(is_active=True).exists()
    act(site, "activate", codes[0])
    assert list(PromoCode.objects.filter(is_active=True)) == [codes[0]]
    assert OperatorAction.objects.filter(action="promo_code.change").count() == 3


def test_chosen_codes_are_exported(site: Client) -> None:
    codes = [make_code("ONE"), make_code("TWO"), make_code("THREE")]
    answer = act(site, "export", *codes[:2])
    assert [line.split(",")[0] for line in answer.getvalue().decode().splitlines()] == ["code", "ONE", "TWO"]


def test_a_batch_is_generated_shown_downloaded_and_revoked(site: Client) -> None:
    assert page("promocode_generate") in site.get(page("promocode_changelist")).content.decode()
    data = {**TERMS, "count": "3", "campaign": "cards", "prefix": "gift", "amount": "5", "max_redemptions": "1"}
    answer = site.post(page("promocode_generate"), data, follow=True)
    batch = CodeBatch.objects.get()
    assert "3 codes are ready" in told(answer)
    assert "Download CSV" in answer.content.decode()
    assert len(site.get(page("codebatch_codes", batch.pk)).getvalue().splitlines()) == 4
    nonce = "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a21"
    form = {"id": str(batch.pk), "nonce": nonce, "reason": "stolen"}
    site.post(page("codebatch_operate", "revoke"), form, follow=True)
    assert not PromoCode.objects.filter(is_active=True).exists()
    assert "revoked batch stay inactive" in told(act(site, "activate", PromoCode.objects.all()[0]))
    assert OperatorAction.objects.get(action="code_batch.revoke").reason == "stolen"


def test_a_batch_that_breaks_a_rule_is_not_made(site: Client) -> None:
    answer = site.post(page("promocode_generate"), {**TERMS, "count": "3", "campaign": "cards", "max_redemptions": "1"})
    assert "either an amount or a percentage" in answer.content.decode()
    assert not CodeBatch.objects.exists()


def test_support_looks_and_changes_nothing() -> None:
    site, code = site_of("Support"), make_code()
    batch = services.generate_codes(count=1, campaign="c", origin=OPERATOR, amount=5)
    assert site.get(page("promocode_changelist")).status_code == 200
    assert site.get(page("codebatch_change", batch.pk)).status_code == 200
    for url in (page("promocode_generate"), page("promocode_add"), page("codebatch_codes", batch.pk)):
        assert site.get(url).status_code == 403
    for action in ("deactivate", "export"):
        act(site, action, code)
    code.refresh_from_db()
    assert code.is_active


def test_a_text_of_a_code_is_shown_and_never_run(site: Client) -> None:
    make_code(description="<script>alert(1)</script>")
    shown = site.get(page("promocode_change", PromoCode.objects.get().pk)).content.decode()
    assert "<script>alert(1)" not in shown
