# Two commands matter: `make run` and `make test`. `make help` lists the rest.

PYTHON ?= python3
PORT ?= 8000
DB ?= postgresql
ARGS ?=
BIN := .venv/bin
INSTALL := $(PYTHON) config/run/install.py
UV := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --quiet

MANAGE := DATABASE_URL=sqlite://:memory: DJANGO_SETTINGS_MODULE=config.settings.test $(BIN)/python manage.py

.DEFAULT_GOAL := help
.PHONY: help run test check bench client lock install format

help: ## show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18
	@echo "  PORT=8000 for run; DB=postgresql|sqlite|mariadb and ARGS='pytest arguments' for test"

run: ## start everything on SQLite, without services: http://127.0.0.1:8000
	@$(INSTALL) requirements.txt
	@PORT=$(PORT) exec $(BIN)/python -m config.run

test: ## run the tests; brings PostgreSQL and Redis if no server runs
	@$(INSTALL) requirements-dev.txt $(if $(filter mariadb,$(DB)),requirements-mariadb.txt)
	@exec $(BIN)/python -m config.run.suite --database $(DB) test $(ARGS)

check: install ## lint, types, import contracts, migrations, API schema
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy config core accounts credits usage promos payments subscriptions notifications
	$(BIN)/mypy client/scrip_client
	$(BIN)/lint-imports
	$(MANAGE) check
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) spectacular --validate --fail-on-warn --file /dev/null

bench: install ## measure, and write benchmarks/results.md
	@exec $(BIN)/python -m config.run.suite bench $(ARGS)

client: install ## build the client package, install it in an empty environment, run its example
	@client/try_wheel

format: install ## format the code and fix what ruff can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: install ## compile the pinned requirements from pyproject.toml
	$(UV) -o requirements.txt
	$(UV) --extra dev -c requirements.txt -o requirements-dev.txt
	$(UV) --extra mariadb -c requirements.txt -o requirements-mariadb.txt
	echo uv | $(BIN)/uv pip compile - --universal --python-version 3.11 --generate-hashes --no-header --quiet -o requirements-uv.txt

install:
	@$(INSTALL) requirements-dev.txt
