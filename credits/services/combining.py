"""Single operations, one transaction each."""

from ..engine import commands as c
from .posting import Posted, post


def post_combined(command: c.Command) -> Posted:
    """Run one command."""
    return post(command)
