"""Every problem type has its heading in docs/problems.md, and every heading its type."""

import importlib
import importlib.util
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client

from core.exceptions import InternalError, ValidationFailed
from core.problems import Problem

PAGE = settings.BASE_DIR / "docs" / "problems.md"


@pytest.fixture(autouse=True)
def everything_imported() -> None:
    """Import each app's exceptions, and with the URL map all that answers requests."""
    importlib.import_module(settings.ROOT_URLCONF)
    for config in apps.get_app_configs():
        if importlib.util.find_spec(f"{config.name}.exceptions") and config.path.startswith(str(settings.BASE_DIR)):
            importlib.import_module(f"{config.name}.exceptions")


def declared(root: type[Problem] = Problem) -> Iterator[type[Problem]]:
    for child in root.__subclasses__():
        if not child.__module__.startswith("tests"):
            yield child
            yield from declared(child)


def test_types_and_headings_are_the_same() -> None:
    text = PAGE.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert sorted(headings) == sorted({problem.code.replace("_", "-") for problem in declared()})


def test_one_code_has_one_status_and_one_title() -> None:
    meanings = defaultdict(set)
    for problem in declared():
        meanings[problem.code].add((problem.status, problem.title))
    assert {code: found for code, found in meanings.items() if len(found) > 1} == {}


def test_every_code_is_snake_case() -> None:
    assert [problem.code for problem in declared() if not re.fullmatch(r"[a-z]+(_[a-z]+)*", problem.code)] == []


def test_a_problem_keeps_its_detail_and_members() -> None:
    problem = ValidationFailed([("amount", "Too much.")])
    assert problem.detail == ValidationFailed.default_detail
    assert problem.members == {"errors": [{"field": "amount", "detail": "Too much."}]}


@pytest.mark.django_db
def test_the_page_of_problem_types_has_an_anchor_for_each_link(client: Client) -> None:
    page = client.get("/problems").content.decode()
    for problem in (InternalError, ValidationFailed):
        assert f'id="{problem.type_link().removeprefix("/problems#")}"' in page
