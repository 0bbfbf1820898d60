"""A process that replays a file until it is killed."""

from io import StringIO

from django.core.management import call_command

from tests.concurrency import nursery


def replay(database: str, file: str) -> None:
    """Replay a file over five wallets."""
    nursery.use_database(database)
    call_command("replay_usage", file, "--wallets", "5", "--model", "m", stdout=StringIO(), stderr=StringIO())
