"""One line of the table: a short story such as `0:P=buy100x10 5:H=hold60x30 12:P.clawback100 20:H.release`.

Each step is `second:verb`, on a `thing.` and named by `name=` where it makes sense; `100` is an amount, `x10` an
expiry, `from20` a beginning, `~` means up_to, `+` keeps a captured hold open, `!409` a refusal with that status.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from core.problems import Problem
from tests.credits.engine.book import Book

VERBS: dict[str, Callable[..., str]] = {
    "grant": Book.issue,
    "buy": Book.buy,
    "hold": Book.hold,
    "use": Book.consume,
    "capture": Book.capture,
    "release": Book.release,
    "extend": Book.extend,
    "reverse": Book.reverse,
    "void": Book.void,
    "clawback": Book.claw_back,
    "reset": Book.reset,
    "forgive": Book.forgive,
    "freeze": Book.freeze,
    "unfreeze": Book.unfreeze,
}
STEP = re.compile(
    rf"(?P<second>\d+):((?P<name>\w+)=)?((?P<thing>\w+)\.)?(?P<verb>read|{'|'.join(VERBS)})"
    r"(?P<amount>\d+)?(x(?P<expires>\d+))?(from(?P<starts>\d+))?(?P<up_to>~)?(?P<open>\+)?(!(?P<status>\d+))?"
)


def tell(book: Book, story: str) -> dict[str, str]:
    """Run a story and return the ids of what it names."""
    names: dict[str, str] = {}
    for word in story.split():
        step = STEP.fullmatch(word)
        assert step is not None, word
        book.at(int(step["second"]))
        if step["verb"] == "read":
            book.read()
        elif step["status"]:
            with pytest.raises(Problem) as refused:
                take_step(book, step, names)
            assert refused.value.status == int(step["status"]), word
        else:
            made = take_step(book, step, names)
            names.update({step["name"]: made} if step["name"] else {})
    return names


def take_step(book: Book, step: re.Match[str], names: dict[str, str]) -> str:
    given = [names[step["thing"]]] if step["thing"] else []
    amounts = [int(step["amount"])] if step["amount"] else []
    rest: dict[str, Any] = {name: int(step[name]) for name in ("expires", "starts") if step[name]}
    if step["up_to"]:
        rest["overage"] = "up_to"
    if step["open"]:
        rest["final"] = False
    return VERBS[step["verb"]](book, *given, *amounts, **rest)


def left_of(book: Book, names: dict[str, str]) -> str:
    """Return what remains of each grant that the story names."""
    grants = book.shelf.posted_grants
    return " ".join(f"{name}{book.left(found)}" for name, found in names.items() if found in grants)
