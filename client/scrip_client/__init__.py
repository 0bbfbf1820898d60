"""Client of a Scrip server: wallets, holds and usage over HTTP, and metering of what an application serves."""

from .async_client import AsyncClient
from .client import Client
from .config import MeteringConfig, Request
from .context import NoMeteredCall, record_usage
from .problems import Problem, ScripError, ServerUnreachable

__all__ = [
    "AsyncClient",
    "Client",
    "MeteringConfig",
    "NoMeteredCall",
    "Problem",
    "Request",
    "ScripError",
    "ServerUnreachable",
    "record_usage",
]
