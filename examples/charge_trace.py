#!/usr/bin/env python3
"""Charge the requests of a trace of language-model calls, in batches, and check the total to the last digit.

A trace is a CSV file with the columns TIMESTAMP, ContextTokens and GeneratedTokens; a request costs a thousandth of a
credit per token. The requests are spread over wallets, each of which is opened with a grant that suffices. Every
grant and every charge has an idempotency key made of the file's digest and the row, so the script may be killed at
any moment and started again: nothing is charged twice.

    examples/charge_trace.py trace.csv [--base-url http://127.0.0.1:8000] [--wallets 50] [--batch 500]

The key is taken from API_KEY, else from var/demo-api-key, which `make run` writes. Needs Python 3.11, nothing else.
"""

import argparse
import csv
import hashlib
import http.client
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

MOST_ITEMS = 1000
TRIES = 10
BAR = 40
PASSING_STATUSES = (429, 502, 503, 504)


class Charge(NamedTuple):
    """What one row costs; `row` counts from 1."""

    row: int
    reference: str
    amount: Decimal


class Server:
    """A connection to the API that is kept open, and made anew when it breaks."""

    def __init__(self, base_url: str, api_key: str) -> None:
        url = urlsplit(base_url)
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        self.connection = kind(url.netloc, timeout=60)
        self.headers = {"Authorization": f"Api-Key {api_key}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        """Return the answer; a call that got none, or one that passes, is repeated, which is safe by its key."""
        headers = self.headers if key is None else {**self.headers, "Idempotency-Key": key}
        text = None if body is None else json.dumps(body)
        for number in range(TRIES):
            try:
                self.connection.request(method, f"/api/v1/{path}", text, headers)
                response = self.connection.getresponse()
                content = response.read()
            except (OSError, http.client.HTTPException) as error:
                self.connection.close()
                reason, pause = str(error), 0.2 * 2**number
            else:
                if response.status < 300:
                    return json.loads(content)
                if response.status not in PASSING_STATUSES:
                    raise SystemExit(f"{method} {path}: {response.status} {content.decode(errors='replace')}")
                reason, pause = f"status {response.status}", float(response.headers.get("Retry-After", 1))
            time.sleep(min(pause, 10))
        raise SystemExit(f"{method} {path}: gave up after {TRIES} tries: {reason}")


def main() -> int:
    """Charge the file of the command line; return 1 if the books differ from the file."""
    options = read_options()
    digest = hashlib.sha256(options.file.read_bytes()).hexdigest()[:32]
    references = [f"trace-{digest[:12]}-{options.wallets}-{number}" for number in range(options.wallets)]
    charges = list(read_charges(options.file, references))
    server = Server(options.base_url, options.api_key)
    granted = open_wallets(server, references, charges, digest)
    charged, refused = charge(server, charges, digest, options.batch)
    for text in refused[:10]:
        print(text, file=sys.stderr)
    return report(options.file, charges, charged, granted - balance_of(server, references))


def read_options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--base-url", default=os.environ.get("BASE_URL", "http://127.0.0.1:8000"))
    parser.add_argument("--wallets", type=int, default=50)
    parser.add_argument("--batch", type=int, default=500, help=f"requests in a batch, at most {MOST_ITEMS}")
    options = parser.parse_args()
    if not 1 <= options.batch <= MOST_ITEMS or options.wallets < 1:
        parser.error(f"a batch has 1 to {MOST_ITEMS} requests, and there is at least one wallet")
    key_file = Path(__file__).resolve().parents[1] / "var" / "demo-api-key"
    options.api_key = os.environ.get("API_KEY") or key_file.read_text().strip()
    return options


def read_charges(file: Path, references: Sequence[str]) -> Iterator[Charge]:
    """Yield what each row costs; a request without tokens costs nothing and is left out."""
    with file.open(newline="", encoding="utf-8-sig") as lines:
        for row, record in enumerate(csv.DictReader(lines), start=1):
            tokens = int(record["ContextTokens"]) + int(record["GeneratedTokens"])
            if tokens:
                yield Charge(row, references[row % len(references)], Decimal(tokens).scaleb(-3))


def open_wallets(server: Server, references: Sequence[str], charges: Sequence[Charge], digest: str) -> Decimal:
    """Grant each wallet what its charges need, rounded up to whole credits; return the sum."""
    needs = dict.fromkeys(references, Decimal(0))
    for one in charges:
        needs[one.reference] += one.amount
    total = Decimal(0)
    for reference, need in needs.items():
        amount = need.to_integral_value(ROUND_CEILING) + 1
        server.ask("POST", f"wallets/{reference}/grants", {"amount": f"{amount:f}"}, key=f"trace:{digest}:grant")
        total += amount
    return total


def charge(server: Server, charges: Sequence[Charge], digest: str, size: int) -> tuple[Decimal, list[str]]:
    """Charge all rows; return the sum of what the entries took, and what was refused."""
    total, refused, began = Decimal(0), [], time.monotonic()
    for start in range(0, len(charges), size):
        batch = charges[start : start + size]
        items = [
            {"reference": one.reference, "amount": f"{one.amount:f}", "idempotency_key": f"trace:{digest}:{one.row}"}
            for one in batch
        ]
        for one, result in zip(batch, server.ask("POST", "consumptions", {"items": items})["results"], strict=True):
            if result["status"] == 201:
                total -= Decimal(result["entry"]["amount"])
            else:
                refused.append(f"row {one.row}: {result['status']} {result['problem']['detail']}")
        show_progress(start + len(batch), len(charges), began)
    print(file=sys.stderr)
    return total, refused


def show_progress(done: int, count: int, began: float) -> None:
    """Draw the progress bar on standard error."""
    filled = BAR * done // count
    speed = done / max(time.monotonic() - began, 0.001)
    bar = "#" * filled + "." * (BAR - filled)
    print(
        f"\r[{bar}] {100 * done // count:3}% {done:,} of {count:,}, {speed:,.0f}/s", end="", file=sys.stderr, flush=True
    )


def balance_of(server: Server, references: Sequence[str]) -> Decimal:
    """Return what all the wallets have left."""
    return sum((Decimal(server.ask("GET", f"wallets/{reference}")["balance"]) for reference in references), Decimal(0))


def report(file: Path, charges: Sequence[Charge], charged: Decimal, taken: Decimal) -> int:
    """Compare three sums: of the entries, of the wallets, and of the file's tokens as plain integers."""
    tokens = 0
    for line in file.read_text(encoding="utf-8-sig").splitlines()[1:]:
        _, context, generated = line.rsplit(",", 2)
        tokens += int(context) + int(generated)
    expected = f"{tokens // 1000}.{tokens % 1000:03}"
    print(f"requests charged   {len(charges):,}")
    print(f"entries took       {charged:.3f}")
    print(f"wallets lost       {taken:.3f}")
    print(f"the file asks for  {expected}")
    if charged == taken == Decimal(expected):
        print("equal to the last digit")
        return 0
    print("THE SUMS DIFFER", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
