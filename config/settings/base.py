"""Settings that every environment shares; `embedded`, `production` and `test` build on them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF

from core import logs

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.Env()

VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))

INSTALLED_APPS = [
    "config.admin_site.OperatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "django_celery_beat",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "core",
    "accounts",
    "credits",
    "usage",
    "promos",
    "payments",
    "subscriptions",
    "notifications",
    "config",
]

MIDDLEWARE = [
    "core.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "usage.middleware.CreditMeteringMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = Path(env("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]

# Who may enter
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.login_limits.AddressLimitBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=14),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "ALGORITHM": "HS256",
    "USER_ID_CLAIM": "sub",
}
# Called in the transaction of a registration, as hook(user=user): how upper apps open what a new user needs.
USER_OPENED_HOOKS: list[str] = ["credits.services.signup.open_user_wallet"]

# Asked in the transaction of everything that spends (credits.store.guarding); empty: nothing is limited.
SPENDING_GUARD: str = "usage.guard.BudgetGuard"
# Called with an entry's id to explain it: each returns a list of what the entry charges for.
ENTRY_EXPLAINERS: list[str] = ["usage.selectors.explanations.explain_charges"]

# Credits that every registered user starts with.
SIGNUP_GRANT: str = env("SIGNUP_GRANT", default="0")

# Credits for who was referred and for who referred, after the first purchase; with 0 there are no referral codes.
REFERRAL_GRANT: str = env("REFERRAL_GRANT", default="0")
REFERRER_GRANT: str = env("REFERRER_GRANT", default="0")
REFERRAL_EXPIRES_IN_DAYS: int = env.int("REFERRAL_EXPIRES_IN_DAYS", default=0)
REFERRALS_PER_WALLET: int = env.int("REFERRALS_PER_WALLET", default=50)
# Refused promo codes, after which a wallet or a customer's address has to wait.
REFUSED_CODES_PER_WALLET_AND_HOUR: int = env.int("REFUSED_CODES_PER_WALLET_AND_HOUR", default=20)
REFUSED_CODES_PER_ADDRESS_AND_HOUR: int = env.int("REFUSED_CODES_PER_ADDRESS_AND_HOUR", default=100)

# How long a subscription waits for the price of a period that is due, before it ends.
SUBSCRIPTION_GRACE_DAYS: int = env.int("SUBSCRIPTION_GRACE_DAYS", default=7)

# With no proxy of ours in front, X-Forwarded-For is the caller's own claim and says nothing.
TRUSTED_PROXIES: int = env.int("TRUSTED_PROXIES", default=0)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_HANDLER = "accounts.login_limits.PatientHandler"
AXES_CLIENT_IP_CALLABLE = "core.addresses.client_network"
AXES_USERNAME_CALLABLE = "accounts.login_limits.counted_name"
AXES_LOCKOUT_CALLABLE = "accounts.login_limits.locked_out"
# One address that fails with ever other names is guessing passwords, too.
LOGIN_FAILURES_PER_ADDRESS: int = env.int("LOGIN_FAILURES_PER_ADDRESS", default=50)
REGISTRATIONS_PER_ADDRESS_AND_HOUR: int = env.int("REGISTRATIONS_PER_ADDRESS_AND_HOUR", default=30)

# What a browser may do with our pages
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
    }
}
CSRF_FAILURE_VIEW = "core.api.pages.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.JWTAuthentication",
        "accounts.authentication.ApiKeyAuthentication",
    ],
    # A view that says nothing about its callers refuses them all.
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.Rule"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.StrictJSONParser"],
    # OPTIONS would describe the code of a view; what a call takes stands in /api/schema.
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.problem_responses.handle_exception",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Scrip",
    "DESCRIPTION": "Prepaid credits for AI and API products: grants, holds and a double-entry ledger.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "DEFAULT_GENERATOR_CLASS": "core.api.openapi.OnceGenerator",
    # Choices stand where they are used: each room has a `status` and a `kind`, and names for their enums collide.
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["core.api.openapi.complete"],
}

# A Celery message only wakes a worker up: the work is a row that beat sweeps, so nothing here has to be durable.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_DEFAULT_QUEUE = "scrip"
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "config.scheduler:Scheduler"

REDIS_URL: str = ""

# The Redis database that keeps copies of balances for readers; empty: none.
BALANCE_CACHE_URL: str = ""
BALANCE_CACHE_SECONDS = 5.0

logs.configure()
LOGGING = logs.logging_settings(env("LOG_LEVEL", default="INFO"))

# Random text from which the Ed25519 key comes that signs checkpoints of the ledger.
LEDGER_SIGNING_KEY: str = env("LEDGER_SIGNING_KEY", default="")

# A model without a rate: refuse its usage, price it as USAGE_DEFAULT_MODEL (default), or take nothing (free).
USAGE_UNKNOWN_MODEL: str = env("USAGE_UNKNOWN_MODEL", default="refuse")
USAGE_DEFAULT_MODEL: str = env("USAGE_DEFAULT_MODEL", default="")
# How the calls that this process serves are metered; docs/metering.md describes the members.
METERING: dict[str, Any] = env.json("METERING", default={})

# POST /test-clock moves the clock of an installation that allows it.
TEST_CLOCK_ENABLED = False
# `load_demo` makes logins with known passwords.
DEMO_DATA_ALLOWED = False

CSRF_FAILURE_VIEW = "core.api.pages.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

# How money comes in: the default provider, and how each one is reached; a provider without a key does not exist here.
# Several webhook secrets, comma-separated, are valid at once; without one, every webhook is refused.
PAYMENT_PROVIDER: str = env("PAYMENT_PROVIDER", default="stripe")
PAYMENT_PROVIDERS: dict[str, dict[str, Any]] = {
    "stripe": {
        "key": env("STRIPE_API_KEY", default=""),
        "webhook_secrets": env.list("STRIPE_WEBHOOK_SECRETS", default=[]),
        "base_url": env("STRIPE_API_BASE", default=""),
    },
    "razorpay": {
        "key": env("RAZORPAY_KEY_ID", default=""),
        "secret": env("RAZORPAY_KEY_SECRET", default=""),
        "webhook_secrets": env.list("RAZORPAY_WEBHOOK_SECRETS", default=[]),
        "base_url": env("RAZORPAY_API_BASE", default=""),
    },
}

# Where browsers and providers reach this installation.
SITE_URL: str = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
# The currency of a pack's price where none is asked for and it has several.
DEFAULT_CURRENCY: str = env("DEFAULT_CURRENCY", default="USD")
# Money of any amount, by currency: {"EUR": {"credits_per_unit": "100", "minimum_minor": 500, "maximum_minor": 50000}}
FREE_AMOUNTS: dict[str, dict[str, Any]] = env.json("FREE_AMOUNTS", default={})
# What stands on receipts; the tax is contained in every price, in hundredths of a percent.
RECEIPT_SERIES: str = env("RECEIPT_SERIES", default="R-")
RECEIPT_SELLER: dict[str, str] = {
    "name": env("RECEIPT_SELLER_NAME", default="Scrip"),
    "address": env("RECEIPT_SELLER_ADDRESS", default=""),
    "tax_id": env("RECEIPT_SELLER_TAX_ID", default=""),
}
RECEIPT_TAX: dict[str, Any] = {
    "name": env("RECEIPT_TAX_NAME", default=""),
    "basis_points": env.int("RECEIPT_TAX_BASIS_POINTS", default=0),
}
# After an automatic top-up another one waits this long, and after so many declines in a row they stop.
TOP_UP_COOL_DOWN_SECONDS: int = env.int("TOP_UP_COOL_DOWN_SECONDS", default=600)
TOP_UP_MOST_DECLINES: int = env.int("TOP_UP_MOST_DECLINES", default=3)
# A provider that sends nothing for so long while payments wait raises an alarm: it may have switched us off.
PROVIDER_SILENT_HOURS: int = env.int("PROVIDER_SILENT_HOURS", default=6)

# What is told, and how. E-mail goes through Django's backends.
EMAIL_BACKEND: str = env("EMAIL_BACKEND", default="django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST: str = env("EMAIL_HOST", default="localhost")
EMAIL_PORT: int = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER: str = env("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD: str = env("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS: bool = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL: str = env("DEFAULT_FROM_EMAIL", default="Scrip <credits@localhost>")
OPERATOR_EMAILS: list[str] = env.list("OPERATOR_EMAILS", default=[])
# Other ways besides e-mail: {"slack": {"class": "notifications.channels.gateway.HttpGateway", "url": ...}}
NOTIFICATION_CHANNELS: dict[str, dict[str, Any]] = {
    "email": {"class": "notifications.channels.email.EmailChannel"},
    **env.json("NOTIFICATION_CHANNELS", default={}),
}
# A balance is low below so many credits, or with "%" below that share of the last grant; empty: never.
LOW_BALANCE: str = env("LOW_BALANCE", default="20%")
EXPIRING_DAYS: list[int] = env.list("EXPIRING_DAYS", cast=int, default=[7, 1])

# Whom outgoing webhooks may call: the public internet, on these ports, and networks that are named here.
WEBHOOK_ALLOWED_NETWORKS: list[str] = env.list("WEBHOOK_ALLOWED_NETWORKS", default=[])
WEBHOOK_ALLOW_HTTP: bool = env.bool("WEBHOOK_ALLOW_HTTP", default=False)
WEBHOOK_PORTS: list[int] = env.list("WEBHOOK_PORTS", cast=int, default=[443, 80, 8443, 8080])
WEBHOOK_TIMEOUT_SECONDS: float = env.float("WEBHOOK_TIMEOUT_SECONDS", default=15)

# The ledger file, one JSON object a line; empty: none. A new one begins at this size, and each day.
LEDGER_FILE: str = env("LEDGER_FILE", default="")
LEDGER_FILE_MAX_BYTES: int = env.int("LEDGER_FILE_MAX_BYTES", default=100_000_000)
LEDGER_FILE_DAILY: bool = env.bool("LEDGER_FILE_DAILY", default=True)

# What /readyz asks; each callable raises when it is not ready.
READINESS_CHECKS: dict[str, str] = {
    "database": "core.readiness.check_database",
    "migrations": "core.readiness.check_migrations",
    "triggers": "core.readiness.check_triggers",
    "cache": "core.readiness.check_cache",
    "broker": "core.readiness.check_broker",
}

# The one page that says which handler reacts to which event.
EVENT_HANDLERS = "config.event_handlers"
