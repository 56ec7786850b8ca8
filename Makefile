# LabFleet's commands for people who work on it. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help demo test check docs bench lock clean
.DELETE_ON_ERROR:

VENV := .venv
RUN := $(VENV)/bin
# The system's own python3 when it is new enough, else the first newer one beside it.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
PIP := $(RUN)/python -m pip --quiet --disable-pip-version-check --no-input

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/demo.stamp ## a whole small district in one command
	$(RUN)/labfleet demo

test: $(VENV)/test.stamp ## everything that must hold: checks, current reference pages, tests
	@scripts/system_needs.sh $(PYTHON) postgres
	@$(MAKE) --no-print-directory check
	$(RUN)/python -m docs.generate --check
	$(RUN)/python -m pytest

check: $(VENV)/test.stamp ## format, lint, types, import contracts
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy
	$(RUN)/lint-imports --no-logo

docs: $(VENV)/test.stamp ## write the generated reference pages
	$(RUN)/python -m docs.generate

bench: $(VENV)/test.stamp ## measure, as ratios to a floor on the same machine
	$(RUN)/python -m benchmarks

lock: ## write requirements/*.lock anew; UPGRADE=1 takes the newest versions
	PYTHON=$(PYTHON) scripts/lock.sh

clean: ## remove what make and the tests made
	rm -rf $(VENV) .lock-tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A Python that was removed or replaced leaves an environment that cannot start: then it is made anew.
$(VENV)/%.stamp: requirements/%.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or newer found" >&2; \
		echo "hint: install python3, or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	@scripts/system_needs.sh $(PYTHON) venv
	@$(RUN)/python -m pip --version >/dev/null 2>&1 || { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); }
	@echo "installing $< into $(VENV)" >&2
	@$(PIP) install --require-hashes --only-binary :all: --requirement $<
	@$(PIP) install --no-build-isolation --no-deps --no-index --editable .
	@touch $@
