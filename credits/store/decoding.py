"""How a rollover rule is kept in its column."""

import json

from ..engine.journal import rollover_terms
from ..engine.state import Rollover


def load_rollover(text: str | None) -> Rollover | None:
    """Return the rule that a grant's column holds."""
    return None if text is None else Rollover(*json.loads(text))


def dump_rollover(rule: Rollover | None) -> str | None:
    """Return the column for a rule: a JSON list of amount, percent, days, times."""
    return None if rule is None else json.dumps(rollover_terms(rule), separators=(",", ":"))
