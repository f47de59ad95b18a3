# Metropolis. `make` or `make help` lists what can be made.
PYTHON ?= python3
PORT   ?= 8000
BIN    := .venv/bin
# The workers of the test run; `make test WORKERS=0` runs in one process.
WORKERS ?= 2
# More arguments for pytest: `make test ARGS="-k search"`.
ARGS   ?=

INSTALL := $(BIN)/pip install -qq --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	$(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.PHONY: help run test check bench vendor languages docs lock wheel clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: .venv/run ## Serve the demonstration network on 127.0.0.1:8000 (PORT=… for another)
	@exec $(BIN)/metropolis serve --demonstration --port $(PORT)

test: .venv/develop ## Run all tests on SQLite, then the database's part on PostgreSQL
	$(BIN)/pytest -n $(WORKERS) $(ARGS)
	$(BIN)/python tests/postgres.py $(BIN)/pytest -n $(WORKERS) -m "database and not journey" $(ARGS)

check: .venv/develop ## Check form, types, floors and migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djangofmt --check src
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/django-admin makemigrations --check --dry-run --settings metropolis.web.settings

bench: .venv/develop ## Run the benchmarks, with the machine and versions
	@$(BIN)/python scripts/machine.py
	@for file in benchmarks/*.py; do [ ! -e "$$file" ] || $(BIN)/python "$$file" || exit 1; done

vendor: .venv/develop ## Refresh the third-party browser files, the world's outline and fonts (needs npm)
	$(BIN)/python scripts/vendor.py
	$(BIN)/python scripts/vendor_world.py
	$(BIN)/python scripts/vendor_fonts.py

languages: .venv/develop ## Bring the catalogues of the interface up to date (ADD=de begins a language)
	$(BIN)/python scripts/languages.py $(if $(ADD),--add $(ADD))

docs: .venv/develop ## Generate the reference and build docs/_build/index.html
	$(BIN)/python scripts/reference.py
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build

lock: .venv/develop ## Resolve requirements/*.in into hashed locks (UPGRADE=1 for the newest versions)
	$(COMPILE) requirements/run.in requirements/build.in --output-file requirements/run.txt
	$(COMPILE) requirements/develop.in --output-file requirements/develop.txt

wheel: .venv/develop ## Build dist/metropolis-*.whl
	$(BIN)/pip wheel --no-deps --no-build-isolation --wheel-dir dist .

clean: ## Remove what was built and the caches, but no data
	rm -rf build dist docs/_build .venv src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# Installed only when a lock changes; the files below remember when that was.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=…")'
	$(PYTHON) -m venv .venv

.venv/run: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "Installing what is needed to run (about a minute the first time) …"
	@$(INSTALL) --require-hashes -r requirements/run.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/develop: requirements/develop.txt pyproject.toml | .venv/bin/python
	@echo "Installing what is needed to test and check (about a minute the first time) …"
	@$(INSTALL) --require-hashes -r requirements/develop.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@ .venv/run
