# Two commands are enough on a fresh machine: make demo, make test.
# Every target makes the environment it needs; nothing has to be installed by hand but Python 3.11 or newer.

PYTHON ?= python3
BIN := .venv/bin
# one more than there are cores, because many tests wait; with bytecode, because many start processes
TEST_PROCESSES ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
PYTEST = PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --dist worksteal
CONFIG ?= $(firstword $(wildcard config.toml) config.example.toml)

.DEFAULT_GOAL := help
.PHONY: help demo run reference test test-all soak check check-all lint format types contracts bench crash lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# hashes pin the tested set, and the lock is complete: without --no-deps, pip looks up what an extra asks for once
# more, finds a newer release, and stops because that one has no hash
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11; name a newer one: make PYTHON=python3.11 ..."; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: .venv/ready ## the full pipeline on recorded feeds, alerts in the terminal, nothing stored
	@$(BIN)/monitor demo

run: .venv/ready ## the daemon on config.toml, or on the example with alerts in the terminal
	@$(BIN)/monitor --config $(CONFIG) run

test: .venv/ready ## the fast tests, with a sample of the generated inputs
	$(PYTEST)

test-all: .venv/ready ## the fast and the slow tests, with all generated inputs
	TESTS=thorough $(PYTEST) -m "not soak"

soak: .venv/ready ## a daemon with hostile feeds, for 90 seconds
	$(PYTEST) -m soak

lint: .venv/ready ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: .venv/ready ## rewrite the files with ruff
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: .venv/ready ## mypy, strict
	$(BIN)/mypy

contracts: .venv/ready ## the direction of imports between packages
	$(BIN)/lint-imports

check: lint types contracts test ## what a change has to pass before it is pushed

check-all: lint types contracts test-all ## what CI runs

bench: .venv/ready ## run the benchmarks and write the figures to benchmarks/results
	$(BIN)/python -m benchmarks

crash: .venv/ready ## kill the daemon 1,300 times and count lost alerts; half an hour
	$(BIN)/python -m benchmarks crash

reference: .venv/ready ## write the pages of docs/reference that are made from the code
	$(BIN)/python docs/generate_reference.py

lock: .venv/ready ## resolve the dependencies again
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-annotate --upgrade --custom-compile-command "make lock" --quiet --output-file requirements.lock

clean: ## remove what the other targets created
	rm -rf .venv dist build .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
