"""The test settings on a database of their own, with what production has: a pool, the balance cache, many threads."""

import os
from urllib.parse import urlsplit, urlunsplit

from config.settings.databases import database
from config.settings.test import *
from config.settings.test import REDIS_URL

DATABASE_NAME = "scrip_bench"
SERVER_URL = os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
# psycopg's pool runs threads, which a forked process would not inherit: only the server has one.
POOL = {"min_size": 4, "max_size": 16, "timeout": 10} if os.environ.get("BENCH_POOL") else None


def url_of(name: str) -> str:
    """Return the address of another database on the same server."""
    return urlunsplit(urlsplit(SERVER_URL)._replace(path=f"/{name}"))


DATABASES = {"default": database(url_of(DATABASE_NAME), pool=POOL)}
BALANCE_CACHE_URL = REDIS_URL
ROOT_URLCONF = "benchmarks.urls"
METERING = {"paths": ["/metered/"], "estimate": "1"}
