import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")

application = get_wsgi_application()

# A broken view ends the worker at its start, and no request waits for imports.
from config import urls  # noqa: E402, F401
