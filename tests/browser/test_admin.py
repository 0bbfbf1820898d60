"""The admin in a real browser: under the page policy, for everyone, and by clicks."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page
from pytest_django.fixtures import Settings

from credits.models import LedgerEntry, Wallet
from tests.browser.admin_site import load_ledger, log_in, pages_of_models

pytestmark = pytest.mark.run_once
LEDGER_PAGES = tuple(f"/admin/credits/{name}" for name in ("wallet", "ledgerentry", "grant/", "hold/"))


@pytest.fixture
def page(context: BrowserContext, live_server: object) -> Page:
    load_ledger()
    return log_in(context, str(live_server))


def test_every_page_obeys_the_policy_fits_the_screen_and_runs_no_text(
    page: Page, live_server: object, settings: Settings
) -> None:
    settings.TEST_CLOCK_ENABLED = True  # else its page is refused
    refused, wide, errors = {}, [], []
    page.on("pageerror", lambda error: errors.append((page.url, str(error))))
    for address in [reverse("admin:index"), reverse("admin:password_change"), *pages_of_models()]:
        response = page.goto(f"{live_server}{address}")
        assert response is not None
        assert response.status == 200, address
        assert page.title().endswith("| Scrip"), address
        if found := page.evaluate("window.refused"):
            refused[address] = found
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(address)
    assert refused == {}
    assert wide == []
    assert errors == []


def test_everyone_can_log_in_and_use_the_ledger(page: Page, live_server: object) -> None:
    addresses = [address for address in pages_of_models() if address.startswith(LEDGER_PAGES)]
    addresses = [address for address in addresses if "/operations/" not in address or "/issue" in address]
    grave = {}
    for address in [reverse("admin:index"), *addresses]:
        page.goto(f"{live_server}{address}")
        grave[address] = grave_faults(page)
    page.click("#logout-form button")
    page.goto(f"{live_server}{reverse('admin:login')}")
    grave["login"] = grave_faults(page)
    assert {address: names for address, names in grave.items() if names} == {}


def grave_faults(page: Page) -> list[str]:
    """Return the names of axe's rules that the page breaks seriously."""
    found = Axe().run(page).response["violations"]
    return [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")]


def test_an_operator_adjusts_a_wallet_by_clicks_and_twice_is_once(page: Page, live_server: object) -> None:
    page.goto(f"{live_server}{reverse('admin:credits_wallet_changelist')}")
    page.click("text=w1")
    page.click("text=Adjust balance")
    page.fill("#id_amount", "-37.154322")
    page.fill("#id_reason", "agreed by phone")
    page.dblclick("input[type=submit][value='Adjust balance']")
    page.wait_for_selector(".messagelist")
    page.goto(f"{live_server}{reverse('admin:credits_wallet_change', args=[Wallet.objects.get().pk])}")
    assert page.inner_text(".figures.large").split("\n")[:2] == ["Balance", "1000.5"]
    assert LedgerEntry.objects.filter(kind="adjusted", description="agreed by phone").count() == 1


def test_a_refusal_stays_on_the_form_and_says_why(page: Page, live_server: object) -> None:
    page.goto(f"{live_server}{reverse('admin:credits_wallet_operate', args=['transfer'])}?id={Wallet.objects.get().pk}")
    page.fill("#id_amount", "5")
    page.fill("#id_target", "nobody")
    page.fill("#id_reason", "moved house")
    page.click("input[type=submit][value='Transfer']")
    assert "There is no wallet nobody" in page.inner_text(".messagelist .error")
    assert page.input_value("#id_reason") == "moved house"
