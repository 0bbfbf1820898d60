"""What beat starts: the page in the code fills the admin once, and what an operator changes there stays."""

import pytest
from celery.schedules import crontab
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from accounts.models import User
from config.celery import app
from config.schedule import SCHEDULE
from config.scheduler import Scheduler

pytestmark = pytest.mark.django_db(transaction=True)


def begin() -> Scheduler:
    """Start beat's scheduler as a restart does."""
    return Scheduler(app=app)


def test_every_entry_of_the_page_stands_in_the_admin_and_names_a_task() -> None:
    begin()
    app.loader.import_default_modules()
    rows = {row.name: row.task for row in PeriodicTask.objects.all()}
    assert {name: entry["task"] for name, entry in SCHEDULE.items()}.items() <= rows.items()
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(app.tasks)


def test_what_an_operator_changes_survives_a_restart() -> None:
    begin()
    chief = User.objects.create_superuser("chief@example.com", "tide-lantern-42")
    site = Client()
    site.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    row = PeriodicTask.objects.get(name="check-ledger")
    hourly, _ = CrontabSchedule.objects.get_or_create(minute="7", hour="*")
    members = {
        "name": row.name,
        "regtask": row.task,
        "crontab": hourly.pk,
        "args": "[]",
        "kwargs": "{}",
        "headers": "{}",
    }
    url = reverse("admin:django_celery_beat_periodictask_change", args=[row.pk])
    assert site.post(url, members).status_code == 302
    schedule = begin().schedule
    assert "check-ledger" not in schedule, "it was switched off, because the box was not ticked"
    row.refresh_from_db()
    assert (row.crontab, row.enabled) == (hourly, False)
    PeriodicTask.objects.filter(pk=row.pk).update(enabled=True)
    assert begin().schedule["check-ledger"].schedule == crontab(minute="7", hour="*")


def test_an_entry_that_is_deleted_comes_back_as_it_stands_in_the_code() -> None:
    begin()
    PeriodicTask.objects.get(name="run-due-work").delete()
    begin()
    assert PeriodicTask.objects.get(name="run-due-work").interval == IntervalSchedule.objects.get(every=10)
