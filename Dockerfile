# One image for web, worker, beat and migrations; docker-compose.yml has the commands.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements.txt requirements-uv.txt ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements-uv.txt \
    && /venv/bin/uv pip install --no-cache --python /venv/bin/python --require-hashes --requirement requirements.txt \
    && /venv/bin/pip uninstall --yes uv

FROM python:3.11-slim-bookworm
RUN useradd --system --no-create-home scrip
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production STATIC_ROOT=/static
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
RUN DJANGO_SETTINGS_MODULE=config.settings.production \
    SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(64))") \
    LEDGER_SIGNING_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(64))") \
    ALLOWED_HOSTS=localhost DATABASE_URL=postgres://build REDIS_URL=redis://build \
    python manage.py collectstatic --noinput
USER scrip
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "16", "--respawn-failed-workers", "config.wsgi:application"]
