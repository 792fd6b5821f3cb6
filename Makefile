# The checks that need no server. `manage.py tool` makes .venv first, so each target works in a fresh clone.

MANAGE := python3 manage.py
TOOL := $(MANAGE) tool
LOCKED := --python-version 3.11 --no-header --quiet

# What production must name. Values of no use anywhere, for `check --deploy` to look at.
PRODUCTION := REUP_ENV=production ALLOWED_HOSTS=reup.example \
	DATABASE_URL=postgres://reup@db.example/reup REDIS_URL=redis://redis.example:6379/0 \
	SECRET_KEY="$$(od -An -N48 -tx1 /dev/urandom | tr -d ' \n')" REUP_KEYS="$$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')"

.PHONY: check format-check lint templates imports migrations deploy types lock-check format lock

check: format-check lint templates imports migrations deploy types lock-check

format-check:
	$(TOOL) ruff format --check

lint:
	$(TOOL) ruff check

templates:
	$(TOOL) djlint --quiet --lint templates

imports:
	$(TOOL) lint-imports

migrations:
	PYTHONWARNINGS=ignore::RuntimeWarning $(MANAGE) makemigrations --check --dry-run

deploy:
	$(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING

types:
	$(TOOL) mypy

lock-check:
	.ci/lock-check

# What changes files: formatting, and both lock files made from pyproject.toml (pins stay unless it moves them).
format:
	$(TOOL) ruff format
	$(TOOL) ruff check --fix

lock:
	$(TOOL) uv pip compile pyproject.toml $(LOCKED) --generate-hashes -o requirements.txt
	$(TOOL) uv pip compile --group dev -c requirements.txt $(LOCKED) --generate-hashes -o tests/requirements.txt
