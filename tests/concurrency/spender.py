"""A process that spends until it is killed, and notes each key once its consumption is acknowledged."""

import random
import time
from decimal import Decimal
from pathlib import Path

from credits import services
from tests.concurrency import nursery

WALLETS = 4


def spend(database: str, notes: str, name: str) -> None:
    """Send one credit after the other under keys of its own; what it writes to its notes was acknowledged."""
    nursery.use_database(database)
    with Path(notes).open("a", buffering=1) as file:
        number = 0
        while True:
            key = f"{name}/{number}"
            origin = services.Origin("service", "key:x", key)
            services.consume(reference=f"w{number % WALLETS}", amount=Decimal(1), origin=origin)
            # The answer is on its way.
            time.sleep(random.random() / 200)
            file.write(f"{key}\n")
            number += 1
