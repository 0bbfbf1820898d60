"""The states of a subscription and what leads from one to another."""

STATES = ("trialing", "active", "past_due", "paused", "cancelled", "ended")
RUNNING = ("trialing", "active", "past_due", "cancelled")

TRANSITIONS: dict[str, dict[str, str]] = {
    "renew": {"trialing": "active", "active": "active", "past_due": "active"},
    "revive": {"ended": "active"},
    "change": {"trialing": "trialing", "active": "active"},
    "fail": {"trialing": "past_due", "active": "past_due", "past_due": "past_due", "cancelled": "cancelled"},
    "pause": {"active": "paused"},
    "cancel": {"trialing": "cancelled", "active": "cancelled"},
    "resume": {"paused": "active", "cancelled": "active"},
    "end": {state: "ended" for state in STATES if state != "ended"},
}


def next_state(step: str, state: str) -> str | None:
    """Return the state that `step` leads to, None where it is not possible."""
    return TRANSITIONS[step].get(state)


def steps_from(state: str) -> list[str]:
    """Return the steps that are possible in a state."""
    return sorted(step for step, ways in TRANSITIONS.items() if state in ways)
