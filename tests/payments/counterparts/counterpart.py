"""What both stubs share: ids in order, a clock, a lock, what they tell, and what they answered under a key."""

import contextlib
import copy
import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, body: Json) -> None:
        self.status = status
        self.body = body
        super().__init__(json.dumps(body))


@dataclass(frozen=True)
class Told:
    """One event, as it was when it happened."""

    id: str
    name: str
    body: bytes


@dataclass(frozen=True)
class Request:
    """A call as the stub sees it; `params` are of the query or of the body."""

    method: str
    path: str
    params: Json
    headers: Mapping[str, str]


@dataclass
class Counterpart:
    """A provider's account in memory."""

    key: str = "key"
    secret: str = "secret"
    objects: dict[str, dict[str, Json]] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    kept: dict[str, tuple[str, int, Json]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    offset_seconds: int = 0
    counters: Counter[str] = field(default_factory=Counter)
    lock: threading.RLock = field(default_factory=threading.RLock)
    busy: set[str] = field(default_factory=set)

    @contextlib.contextmanager
    def at_work(self, request: Request) -> Iterator[bool]:
        """Say whether no other call with the same key is at work."""
        key = request.headers.get("idempotency-key") or request.headers.get("x-refund-idempotency") or ""
        is_alone = not key or key not in self.busy
        if not is_alone:
            yield False
            return
        self.busy.add(key)
        try:
            yield True
        finally:
            self.busy.discard(key)

    def now(self) -> int:
        return int(time.time()) + self.offset_seconds

    def new_id(self, prefix: str, width: int = 14) -> str:
        """Return `prefix` with a number: the same calls give the same ids."""
        self.counters[prefix] += 1
        return f"{prefix}{self.counters[prefix]:0{width}d}"

    def keep(self, kind: str, item: Json) -> Json:
        self.objects.setdefault(kind, {})[item["id"]] = item
        return item

    def find(self, kind: str, id: str) -> Json:
        return self.objects[kind][id]

    def forget_keys(self) -> None:
        """Drop what was answered under idempotency keys, as a provider may after a day."""
        self.kept.clear()

    def all(self, kind: str) -> list[Json]:
        """Return what there is of a kind, newest first."""
        return list(reversed(self.objects.get(kind, {}).values()))

    def tell(self, id: str, name: str, event: Json) -> Told:
        told = Told(id, name, json.dumps(copy.deepcopy(event)).encode())
        self.told.append(told)
        return told


def only(items: Iterable[Json], **wanted: Any) -> list[Json]:
    """Return the items whose members are as wanted; None wants nothing."""
    asked = {name: value for name, value in wanted.items() if value is not None}
    return [item for item in items if all(item.get(name) == value for name, value in asked.items())]
