import os
import subprocess

from django.conf import settings

from accounts.services.api_keys import create_api_key
from accounts.services.audit import Origin
from credits.models import LedgerEntry
from tests.accounts.servers import running_server
from tests.credits.api import callers

SCRIPT = settings.BASE_DIR / "examples" / "quickstart.sh"


def run(base_url: str) -> subprocess.CompletedProcess[str]:
    key = create_api_key(name="quickstart", scope="spend", origin=Origin("user:test")).secret
    login = {"EMAIL": "finance@example.com", "PASSWORD": callers.PASSWORD}
    environment = {**os.environ, "BASE_URL": base_url, "API_KEY": key, **login}
    return subprocess.run([str(SCRIPT)], env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_the_quickstart_runs_and_its_statement_ends_at_15(transactional_db: None) -> None:
    callers.operator("Finance")
    with running_server(1) as base_url:
        done = run(base_url)
    assert done.returncode == 0, done.stderr
    assert "4. Captured 25, freed the rest     available 75" in done.stdout
    assert "402: 20 credits are required and 15 are available" in done.stdout
    assert "nothing taken, still available 15" in done.stdout
    assert "idempotency-replayed: true" in done.stderr.lower()
    statement = done.stdout.partition("7. Statement")[2].strip().splitlines()
    assert [line.split(",")[2] for line in statement[1:]] == ["consumed"] * 4 + ["held", "issued"]
    kinds = LedgerEntry.objects.order_by("sequence").values_list("kind", "balance_after")
    assert [(kind, int(balance)) for kind, balance in kinds] == [
        ("issued", 100),
        ("held", 100),
        ("consumed", 75),
        ("consumed", 55),
        ("consumed", 35),
        ("consumed", 15),
    ]


def test_the_quickstart_stops_where_something_is_wrong(transactional_db: None) -> None:
    with running_server(1) as base_url:
        done = run(base_url)
    assert done.returncode != 0
    assert "auth/token answered 401 instead of 200" in done.stderr
