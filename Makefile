# Every target works on a fresh clone: `setup` builds .venv from the hash-checked lock the first time and when the lock changes.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
STAMP  := $(VENV)/.installed
UV     ?= uv

LOCK := pip compile pyproject.toml --extra otel --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet

.PHONY: setup demo up servers test check fuzz storm storm-guards judge bench bench-lists bench-requests bench-polling bench-load openapi lock format clean

setup: $(STAMP)

$(STAMP): requirements-dev.lock
	$(PYTHON) dev/python_version.py
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	touch $(STAMP)

# One edit end to end on a real server, then two cancels. FORM=path.pdf INSTRUCTIONS='Label: value' for a form of your own.
# `value`: a dollar sign in them is theirs, not make's.
demo: override export FORM := $(value FORM)
demo: override export INSTRUCTIONS := $(value INSTRUCTIONS)
demo: setup
	@$(PY) -m dev.demo

# Temporal with its UI, worker and gateway in the foreground; Ctrl-C drains. STACK=production: the real Temporal server
# and the catalog on PostgreSQL, documents in an S3-compatible server, two workers, two gateways.
up: export STACK := $(STACK)
up: setup
	@$(PY) -m dev.up

# Looks at a running installation, with the EDITS_* and TEMPORAL_* settings of this shell.
.PHONY: bench-planner
.PHONY: doctor
doctor: setup
	@$(PY) -m durable_edits.doctor

# The servers of the production stack and a collector of traces, built ahead: 6 minutes on two cores, once.
servers: setup
	@$(PY) -m dev.servers

# Three at a time: most of a test is waiting for other processes. Files stay whole, and so do what their tests share.
test: setup
	$(PY) -m pytest -n 3 --dist loadfile

# Dockerfile, compose.yaml and Kubernetes manifests through their own validators, where these are installed.
.PHONY: check-deploy
check-deploy: setup
	@$(PY) -m dev.check_deploy

check: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

# Thousands of broken and hostile documents, each under limits of time and memory; and a thousand odd requests at every
# operation, with a valid key, a foreign one and none. A part of both runs in `make test`.
fuzz: setup
	$(PY) -m tests.fuzz 5000
	EDITS_TESTS_FUZZ=1000 $(PY) -m pytest tests/gateway/test_schemathesis.py --timeout 3600

# Edits and cancels while workers, gateways and the Temporal server die: a quarter of an hour. See tests/storm/README.md.
storm: setup
	$(PY) -m tests.storm $(ARGS)

# Takes each guard out, one after the other, and sees its test fail.
storm-guards: setup
	$(PY) -m tests.storm.guards $(ARGS)

# Fills forms and judges what came out, beside other libraries: a few minutes.
judge: setup
	$(PY) -m benchmarks.judge

bench: setup
	$(PY) -m benchmarks

# What each rule of the offline planner is worth, on cases beside the checkout, and what planning costs.
bench-planner: setup
	$(PY) -m benchmarks.planner

# Lists over 10,000, 100,000 and 1,000,000 edits, on SQLite and PostgreSQL.
bench-lists: setup
	$(PY) -m benchmarks.lists

# Requests a second of what is asked most often, beside a bare route.
bench-requests: setup
	$(PY) -m benchmarks.requests

# Edits a second beside a bare workflow, memory over thousands of edits, two workers, a backlog: half an hour. Its parts
# stand alone: python -m benchmarks.load --help.
bench-load: setup
	$(PY) -m benchmarks.load

# What 200 clients that poll 200 edits in flight cost the workers.
bench-polling: setup
	$(PY) -m benchmarks.polling

# docs/settings.md as the code has it now; a test compares the two.
.PHONY: settings
settings: setup
	$(PY) -m dev.settings_page

# docs/openapi.json as the code has it now; a test compares the two.
openapi: setup
	$(PY) -m dev.openapi

format: setup
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

# Needs uv. Run it after every change of the dependencies in pyproject.toml.
lock:
	$(UV) $(LOCK) -o requirements.lock
	$(UV) $(LOCK) --group dev -o requirements-dev.lock

# The environment, the caches and the demo's state; never EDITS_HOME.
clean:
	rm -rf $(VENV) .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
