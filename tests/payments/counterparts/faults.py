"""Answers that go wrong, as often as asked: how a provider or the way to it fails."""

import re
import threading
from dataclasses import dataclass

KINDS = ("status", "garbage", "drop", "reset", "slow", "drip")


@dataclass
class Fault:
    """One way to fail. `drop`, `slow` and `drip` do what was asked first; the others do nothing.

    `match` is searched in "METHOD /path"; `status` answers with it; `seconds` is how long a slow answer takes.
    """

    kind: str
    match: str = ""
    times: int = 1
    status: int = 500
    seconds: float = 3.0


class Faults:
    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        if fault.kind not in KINDS:
            raise ValueError(f"a fault is one of {', '.join(KINDS)}")
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def next(self, call: str) -> Fault | None:
        """Return the fault for a call and count it down, None if all is well."""
        with self._lock:
            for fault in self._waiting:
                if fault.times > 0 and re.search(fault.match, call):
                    fault.times -= 1
                    return fault
        return None
