"""`make run`: SQLite, no services, for one machine."""

from core import logs

from .base import *
from .base import FREE_AMOUNTS, PAYMENT_PROVIDERS, VAR_DIR, env
from .databases import database
from .keys import secret_key_in

VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = False
SECRET_KEY = env("SECRET_KEY", default="") or secret_key_in(VAR_DIR / "secret-key")
LEDGER_SIGNING_KEY = env("LEDGER_SIGNING_KEY", default="") or secret_key_in(VAR_DIR / "ledger-signing-key")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
DATABASES = {"default": database(f"sqlite:///{VAR_DIR / 'scrip.sqlite3'}")}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING = logs.logging_settings(env("LOG_LEVEL", default="INFO"), readable=True)
# Static files are served from where they are; nothing is collected.
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = None
TEST_CLOCK_ENABLED = True
DEMO_DATA_ALLOWED = True

# Payments run through the sandbox, whose secret nobody needs to know.
SITE_URL = env("SITE_URL", default=f"http://127.0.0.1:{env('PORT', default='8000')}").rstrip("/")
PAYMENT_PROVIDER = env("PAYMENT_PROVIDER", default="sandbox")
_sandbox_secret = secret_key_in(VAR_DIR / "sandbox-secret")
PAYMENT_PROVIDERS = {**PAYMENT_PROVIDERS, "sandbox": {"key": "sandbox", "webhook_secrets": [_sandbox_secret]}}
FREE_AMOUNTS = FREE_AMOUNTS or {
    "USD": {"credits_per_unit": "100", "minimum_minor": 500, "maximum_minor": 100_000},
    "INR": {"credits_per_unit": "1", "minimum_minor": 10_000, "maximum_minor": 10_000_000},
}

# Mails are shown where the worker writes; webhooks may call what runs on this machine.
EMAIL_BACKEND = env("EMAIL_BACKEND", default="django.core.mail.backends.console.EmailBackend")
LEDGER_FILE = env("LEDGER_FILE", default=str(VAR_DIR / "ledger" / "ledger.jsonl"))
WEBHOOK_ALLOW_HTTP = True
WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]

CELERY_BROKER_URL = "files://"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "data_folder_in": str(VAR_DIR / "broker" / "messages"),
    "data_folder_out": str(VAR_DIR / "broker" / "messages"),
    "processed_folder": str(VAR_DIR / "broker" / "processed"),
    "control_folder": str(VAR_DIR / "broker" / "control"),
    "polling_interval": 0.2,
}
for _folder in ("messages", "processed", "control"):
    (VAR_DIR / "broker" / _folder).mkdir(parents=True, exist_ok=True)
