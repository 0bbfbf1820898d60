"""Processes for racers: a server with Django set up forks them, so that each costs milliseconds."""

import multiprocessing
import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()


def context() -> Any:
    """Return how to start processes that find this module and the jobs imported."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([__name__, "tests.concurrency.jobs"])
    return found


def use_database(name: str) -> None:
    """Point this process, in which nothing is connected yet, at a test's database."""
    from django.db import connections

    connections.settings["default"]["NAME"] = name
