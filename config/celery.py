"""The Celery application: `celery --app config worker` and `celery --app config beat`."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")

from config import file_broker
from config.schedule import SCHEDULE

file_broker.register()

app = Celery("scrip")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE
app.autodiscover_tasks()


@setup_logging.connect
def use_django_logging(**kwargs: Any) -> None:
    """Keep Celery from configuring logging: worker and beat log as the web does."""
    logging.config.dictConfig(settings.LOGGING)
