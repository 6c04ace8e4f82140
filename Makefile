# Everything a clone needs: `make demo` shows the loop, `make test` proves it. Only git, make and Python >= 3.11 are needed.
# With LOOPLINE_TEST_KAFKA and LOOPLINE_TEST_POSTGRES set (python -m tests.servers start DIR prints them) the tests use real servers.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready
WORKERS ?= 3
PACKAGES := hub master_data connectors
SOURCES := $(PACKAGES) mappings tests bench

.DEFAULT_GOAL := help
.PHONY: help setup demo test verify lint bench

help:
	@echo "make setup    the environment in $(VENV), with the exact versions of requirements.lock"
	@echo "make demo     a factory whose CRM, ERP and MES the hub keeps in agreement"
	@echo "make test     all tests but the long ones"
	@echo "make verify   the long runs: kills, seeds, real systems"
	@echo "make lint     ruff, mypy --strict, the layers"
	@echo "make bench    the speeds and their bars (BENCH=name for one)"

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Loopline needs Python 3.11 or newer, this is " + sys.version.split()[0] + ": name another with make PYTHON=...")'
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	$(VENV)/bin/hub demo

test: setup
	$(RUN) -m pytest -m "not verify" -n $(WORKERS) --dist worksteal

verify: setup
	$(RUN) -m pytest -m verify --timeout 1800

lint: setup
	$(RUN) -m ruff check $(SOURCES)
	$(RUN) -m mypy --strict $(PACKAGES)
	$(VENV)/bin/lint-imports

bench: setup
	$(RUN) -m bench $(BENCH)
