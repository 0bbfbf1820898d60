from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # `shared_task` needs the Celery application, and `check --deploy` our checks.
        from config import celery, checks  # noqa: F401
