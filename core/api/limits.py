"""Limits as callers see them: the fields RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-11)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """How near a caller is to a limit: `remaining` of `quota` in a window; more is there in `reset_seconds`."""

    name: str
    quota: int
    window_seconds: int
    remaining: int
    reset_seconds: int


def headers_of(*limits: Limit) -> dict[str, str]:
    """Return the fields that announce limits, each a list of structured items (RFC 9651)."""
    policies = (f'"{limit.name}";q={limit.quota};w={limit.window_seconds}' for limit in limits)
    states = (f'"{limit.name}";r={limit.remaining};t={limit.reset_seconds}' for limit in limits)
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(states)} if limits else {}


def wait_seconds(*limits: Limit) -> int:
    """Return how long a caller waits until none of the limits refuses him, at least a second."""
    return max([1, *(limit.reset_seconds for limit in limits if limit.remaining == 0)])
