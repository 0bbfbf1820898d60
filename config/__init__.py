"""The project's settings, maps and runners. Importing it makes Celery's app the current one for `shared_task`."""

from .celery import app as celery_app

__all__ = ["celery_app"]
