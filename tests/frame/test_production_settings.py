"""Production starts only with safe settings, and says which are not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "k9-Qw7xT2mZp4Lr8Vn3Bd6Hj1Fs5Gc0Ya-Ue_Io.Rt+Wq/Xz=Pl",
    "LEDGER_SIGNING_KEY": "Zt6-Yb2uWq9Xs4Ec7Rv1Tn8Mj3Ki5Lo0Pa-Hg_Fd.Sa+Qz/Wx=Ce",
    "ALLOWED_HOSTS": "credits.example.com",
    "DATABASE_URL": "postgres://scrip:secret@127.0.0.1:5432/scrip",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
}


def _start(**changes: str | None) -> subprocess.CompletedProcess[str]:
    values = {name: value for name, value in {**SAFE, **changes}.items() if value is not None}
    code = "import django; django.setup(); from django.conf import settings; print(settings.SECURE_HSTS_SECONDS)"
    environment = {"PATH": os.environ["PATH"], **values}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_safe_settings_start() -> None:
    done = _start()
    assert (done.returncode, done.stdout.strip()) == (0, "31536000"), done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "x" * 60),
        ("SECRET_KEY", "change-me-" + SAFE["SECRET_KEY"]),
        ("LEDGER_SIGNING_KEY", None),
        ("DEBUG", "1"),
        ("ALLOWED_HOSTS", None),
        ("ALLOWED_HOSTS", "credits.example.com,*"),
        ("DATABASE_URL", None),
        ("DATABASE_URL", "sqlite:////tmp/x.sqlite3"),
        ("REDIS_URL", None),
    ],
)
def test_an_unsafe_value_is_refused_by_name(name: str, value: str | None) -> None:
    done = _start(**{name: value})
    assert done.returncode == 1
    assert f"- {name} " in done.stderr
    assert done.stderr.count("\n- ") == 1
    if value and len(value) > 5:
        assert value not in done.stderr
