"""What production refuses to start with."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 50
KNOWN_SECRETS = ("change-me", "django-insecure-", "embedded-", "test-")


def refuse_unsafe(values: Mapping[str, Any]) -> None:
    """Refuse settings that are unsafe in production.

    Raises ImproperlyConfigured naming every unsafe one, never its value.
    """
    if problems := list(unsafe(values)):
        raise ImproperlyConfigured("Scrip does not start with these settings:\n- " + "\n- ".join(problems))


def unsafe(values: Mapping[str, Any]) -> Iterable[str]:
    """Yield one sentence for each unsafe setting."""
    for name in ("SECRET_KEY", "LEDGER_SIGNING_KEY"):
        secret = str(values[name])
        if len(secret) < SHORTEST_SECRET or len(set(secret)) < 10 or secret.startswith(KNOWN_SECRETS):
            yield f"{name} must be a random text of at least {SHORTEST_SECRET} characters."
    if values["DEBUG"]:
        yield "DEBUG must be off."
    if not values["ALLOWED_HOSTS"] or "*" in values["ALLOWED_HOSTS"]:
        yield "ALLOWED_HOSTS must name the hosts that are served, without '*'."
    if not str(values["DATABASES"]["default"].get("ENGINE", "")).endswith(("postgresql", "mysql")):
        yield "DATABASE_URL must name a PostgreSQL (or MariaDB) server; SQLite is for `make run`."
    if not values["REDIS_URL"]:
        yield "REDIS_URL must name the Redis server for cache and tasks."
    yield from unsafe_payments(values)


def unsafe_payments(values: Mapping[str, Any]) -> Iterable[str]:
    """Yield one sentence for each setting that gives credits away or lets no webhook be verified."""
    providers = values["PAYMENT_PROVIDERS"]
    if values["PAYMENT_PROVIDER"] == "sandbox" or "sandbox" in providers:
        yield "PAYMENT_PROVIDER must be stripe or razorpay; the sandbox gives credits away."
    for name, terms in ((name.upper(), terms) for name, terms in providers.items()):
        if terms["key"] and not any(secret.strip() for secret in terms["webhook_secrets"]):
            yield f"{name}_WEBHOOK_SECRETS must be set where its key is; no webhook could be verified."
        if terms["base_url"]:
            yield f"{name}_API_BASE must be empty; it leads payments away from the provider."
    is_paid_here = any(terms["key"] for terms in providers.values())
    if is_paid_here and not str(values["SITE_URL"]).startswith("https://"):
        yield "SITE_URL must be the https:// address of this installation, to which customers come back after paying."
