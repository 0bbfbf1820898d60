"""`make run`: SQLite, no services, for one machine."""

from core import logs

from .base import *
from .base import VAR_DIR, env
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
