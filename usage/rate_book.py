"""Which rate holds for a call: all versions in memory, and one total order among those that fit. Pure."""

import re
from collections.abc import Iterable
from datetime import datetime

from .pricing import Terms


class RateBook:
    """All rates, looked up by the name of the model first; `*` in a rate's model stands for any characters."""

    def __init__(self, rates: Iterable[Terms]) -> None:
        self._named: dict[str, list[Terms]] = {}
        self._patterns: list[tuple[re.Pattern[str], Terms]] = []
        for terms in rates:
            if "*" in terms.model:
                self._patterns.append((_compiled(terms.model), terms))
            else:
                self._named.setdefault(terms.model, []).append(terms)

    def find(self, *, provider: str, model: str, operation: str, at: datetime) -> Terms | None:
        """Return the rate in force at `at`, None for none.

        A call that names no provider takes any; a rate that names no provider or operation fits all. Of the rates
        that fit the most exact model wins, then a named operation, then a named provider, then the latest beginning,
        the highest version, and last the provider's name.
        """
        fitting = [*self._named.get(model, ()), *(terms for regex, terms in self._patterns if regex.fullmatch(model))]
        held = [terms for terms in fitting if _fits(terms, provider, operation) and _holds(terms, at)]
        # The last criterion is ascending, the others descend: sorting is stable.
        held.sort(key=lambda terms: terms.provider)
        return max(held, key=_rank, default=None)


def _fits(terms: Terms, provider: str, operation: str) -> bool:
    same_provider = not terms.provider or not provider or terms.provider == provider
    return same_provider and terms.operation in ("", operation)


def _holds(terms: Terms, at: datetime) -> bool:
    return terms.effective_from <= at and (terms.effective_to is None or at < terms.effective_to)


def _rank(terms: Terms) -> tuple[bool, int, bool, bool, datetime, int]:
    literal = len(terms.model.replace("*", ""))
    exact = "*" not in terms.model
    return (exact, literal, bool(terms.operation), bool(terms.provider), terms.effective_from, terms.version)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL)
