# Every target works on a fresh clone: `setup` builds .venv from the hash-checked lock the first time and when the lock changes.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
STAMP  := $(VENV)/.installed

.PHONY: setup demo up test check lock bench format clean

setup: $(STAMP)

$(STAMP): requirements-dev.lock
	$(PYTHON) dev/python_version.py
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	touch $(STAMP)
