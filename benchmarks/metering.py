"""P11: what metering adds to a request, hold before and capture after."""

import statistics
import time
from http.client import HTTPConnection

from accounts.models import Scope
from accounts.services.api_keys import create_api_key
from accounts.services.audit import Origin
from benchmarks import rig
from benchmarks.rig import Figure
from credits.engine import commands as c
from credits.services.posting import INTERNAL, command_of, post_many

TARGET_MILLISECONDS = 3.0
PLAIN, METERED = "/plain", "/metered/plain"


def measure_metering(rounds: int, requests: int) -> list[Figure]:
    """P11: one connection asks the same view in turn, metered and not; the figure is the difference of the medians."""
    key = create_api_key(name="bench", scope=Scope.SPEND, origin=Origin("bench"))
    post_many([command_of(c.IssueGrant, INTERNAL, f"key:{key.key.prefix}", amount=rig.RICH)])
    headers = {"Authorization": f"Api-Key {key.secret}"}
    with rig.server():
        plain, metered = rig.side_by_side(
            rounds,
            lambda: _median_milliseconds(PLAIN, headers, requests),
            lambda: _median_milliseconds(METERED, headers, requests),
        )
    what = f"metering adds to a request (plain {plain:.2f} ms, metered {metered:.2f} ms) ÷ 3 ms"
    return [Figure("P11", what, "µs", (metered - plain) * 1000, TARGET_MILLISECONDS * 1000, 1.0, at_most=True)]


def _median_milliseconds(path: str, headers: dict[str, str], requests: int) -> float:
    link = HTTPConnection("127.0.0.1", rig.PORT, timeout=60)
    seconds = [_ask(link, path, headers) for _ in range(requests + 20)][20:]
    link.close()
    return statistics.median(seconds) * 1000


def _ask(link: HTTPConnection, path: str, headers: dict[str, str]) -> float:
    began = time.perf_counter()
    link.request("GET", path, headers=headers)
    answer = link.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}.")
    return time.perf_counter() - began
