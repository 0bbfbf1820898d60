"""Webhooks from the stubs: each is tried until it is accepted, in whatever order was asked for."""

import random
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass

from .counterpart import Counterpart, Told
from .signing import HEADERS

ANSWER_SECONDS = 5


@dataclass
class Sender:
    """Delivers what one counterpart tells. `order` is as it happened, reversed, or shuffled by a seed."""

    name: str
    counterpart: Counterpart
    secrets: list[str]
    sent: int = 0

    def headers(self, told: Told) -> dict[str, str]:
        return HEADERS[self.name](told, self.secrets, self.counterpart.now())

    def send(
        self,
        url: str,
        order: str = "happened",
        seed: int = 0,
        copies: int = 1,
        only: Sequence[str] = (),
        drop: Sequence[str] = (),
        tries: int = 3,
        pause_seconds: float = 0.1,
    ) -> list[dict[str, object]]:
        """Send what has been told since the last time; return event, name and the status of each try."""
        new = self.counterpart.told[self.sent :]
        self.sent = len(self.counterpart.told)
        wanted = [told for told in new if (not only or told.name in only) and told.name not in drop]
        deliveries = [told for told in wanted for _ in range(copies)]
        if order == "reversed":
            deliveries.reverse()
        elif order == "shuffled":
            random.Random(seed).shuffle(deliveries)
        return [self._deliver(told, url, tries, pause_seconds) for told in deliveries]

    def _deliver(self, told: Told, url: str, tries: int, pause_seconds: float) -> dict[str, object]:
        statuses: list[int] = []
        while len(statuses) < tries:
            if statuses:
                time.sleep(pause_seconds)
            statuses.append(self._try(told, url))
            if 200 <= statuses[-1] < 300:
                break
        return {"id": told.id, "name": told.name, "statuses": statuses}

    def _try(self, told: Told, url: str) -> int:
        request = urllib.request.Request(url, told.body, self.headers(told), method="POST")
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return int(error.code)
        except OSError:
            return 0
