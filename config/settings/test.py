"""The test suite: the database and Redis that the environment names."""

import os

from .base import *
from .base import VAR_DIR, env
from .databases import database

DEBUG = False
STATIC_ROOT = None
TEST_CLOCK_ENABLED = False
DEMO_DATA_ALLOWED = True
SECRET_KEY = "test-" + "x" * 60
LEDGER_SIGNING_KEY = "test-signing-key-of-no-installation-at-all-0123456789"
ALLOWED_HOSTS = ["*"]
# Every test comes from one address.
REGISTRATIONS_PER_ADDRESS_AND_HOUR = 1_000_000
REFUSED_CODES_PER_ADDRESS_AND_HOUR = 1_000_000
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# No key of the environment and no address of a real provider: what a test talks to, it starts itself.
SITE_URL = "http://127.0.0.1:9"
PAYMENT_PROVIDER = "sandbox"
PAYMENT_PROVIDERS = {"sandbox": {"key": "sandbox", "webhook_secrets": ["sandbox-secret-of-the-tests"]}}
FREE_AMOUNTS = {"USD": {"credits_per_unit": "100", "minimum_minor": 500, "maximum_minor": 100_000}}

DATABASES = {"default": database(env("DATABASE_URL", default="postgres://postgres@127.0.0.1:5432/scrip"))}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    # A file, not :memory:, so that threads and processes of a test see one database.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / f"test-{os.getpid()}.sqlite3"}
if DATABASES["default"]["ENGINE"].endswith("mysql"):
    DATABASES["default"]["TEST"] = {"CHARSET": "utf8mb4"}


def _redis_of_this_worker(url: str) -> str:
    """Give each pytest-xdist worker the Redis database after the one before it."""
    server, _, number = url.rpartition("/")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return f"{server}/{int(number) + int(worker)}"


REDIS_URL = _redis_of_this_worker(env("REDIS_URL", default="redis://127.0.0.1:6379/14"))
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "scrip-test",
    }
}
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="memory://")
