# Two commands are enough on a fresh machine: make demo, make test.
# Every target makes the environment it needs; nothing has to be installed by hand but Python 3.11 or newer.

PYTHON ?= python3
BIN := .venv/bin
# one more than there are cores, because many tests wait; at most eight, because each takes some seconds and 300 MB to
# begin; with bytecode, because many start processes
TEST_PROCESSES ?= $(shell n=$$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN); echo $$((n < 8 ? n + 1 : 8)))
PYTEST = PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --dist worksteal
COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command "make lock" --quiet
DAYS ?= 30
KILLS ?= 1300
CONFIG ?= $(firstword $(wildcard config.toml) config.example.toml)

.DEFAULT_GOAL := help
.PHONY: help demo run docs reference test test-all test-random coverage soak check check-all lint format types contracts \
	bench crash mutate share dist test-wheel audit lint-container sbom lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# hashes pin the tested set, and each lock is complete: without --no-deps, pip looks up what an extra asks for once
# more, finds a newer release, and stops because that one has no hash
PIP_INSTALL = -m pip --disable-pip-version-check install --quiet --no-deps
LOCKED = $(PIP_INSTALL) --require-hashes

# what the monitor runs with, so that nobody waits for test tools to see the demo
.venv/runtime: requirements.lock requirements-build.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11; name a newer one: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make environments; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python $(LOCKED) --no-compile -r requirements.lock -r requirements-build.lock
	$(BIN)/python $(PIP_INSTALL) --no-build-isolation --editable .
	@touch $@

# and with what it is tested
.venv/ready: .venv/runtime requirements-dev.lock pyproject.toml
	$(BIN)/python $(LOCKED) -r requirements-dev.lock
	$(BIN)/python $(PIP_INSTALL) --no-build-isolation --editable .
	@touch $@

# environments of their own: tools that only a release needs, and what the monitor runs with and nothing else
.venv-release/ready: requirements-release.lock
	$(PYTHON) -m venv --clear .venv-release
	.venv-release/bin/python $(LOCKED) -r requirements-release.lock
	@touch $@

.venv-runtime/ready: requirements.lock .venv-release/ready
	$(PYTHON) -m venv --clear --without-pip .venv-runtime
	.venv-release/bin/python -m pip --disable-pip-version-check --python .venv-runtime/bin/python install --quiet --no-deps \
		--require-hashes -r requirements.lock
	@touch $@

demo: .venv/runtime ## the full pipeline on recorded feeds, alerts in the terminal, nothing stored
	@$(BIN)/monitor demo

run: .venv/runtime ## the daemon on config.toml, or on the example with alerts in the terminal
	@$(BIN)/monitor --config $(CONFIG) run

test: .venv/ready ## the fast tests, with a sample of the generated inputs
	$(PYTEST)

test-all: .venv/ready ## the fast and the slow tests, with all generated inputs
	TESTS=thorough $(PYTEST) -m "not soak"

test-random: .venv/ready ## the tests on generated inputs, with all inputs and other ones in every run
	TESTS=random $(PYTEST) -m "hypothesis and not soak"

coverage: .venv/ready ## lines and branches of monitor/ that the fast tests cover; fails below 95 %
	$(PYTEST) --cov --cov-report=
	$(BIN)/python -m benchmarks.coverage_report

soak: .venv/ready ## 30 simulated days with faults, and hostile feeds; about 70 minutes (make soak DAYS=3 for less)
	$(PYTEST) -m soak
	$(BIN)/python -m benchmarks.soak --days $(DAYS)

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

crash: .venv/ready ## kill the daemon 1,300 times and count lost alerts; half an hour (make crash KILLS=200 for less)
	$(BIN)/python -m benchmarks crash --kills $(KILLS)

.venv-mutate/ready: requirements-mutate.lock
	$(PYTHON) -m venv --clear .venv-mutate
	.venv-mutate/bin/python $(LOCKED) -r requirements-mutate.lock
	@touch $@

mutate: .venv-mutate/ready ## change the code of policy, due times, rules and stories; tests must notice 85 % (make mutate PART=rules for one)
	nice .venv-mutate/bin/python -m benchmarks.mutation $(PART)

.venv-docs/ready: requirements-docs.lock
	$(PYTHON) -m venv --clear .venv-docs
	.venv-docs/bin/python $(LOCKED) -r requirements-docs.lock
	@touch $@

docs: .venv-docs/ready ## build the documentation into build/docs; a warning is an error
	.venv-docs/bin/sphinx-build --quiet --fail-on-warning --keep-going docs build/docs
	@echo build/docs/index.html

reference: .venv/ready ## write the pages of docs/reference that are made from the code
	$(BIN)/python docs/generate_reference.py

share: .venv/ready ## write manual page, completion scripts and licence list from help and packages
	$(BIN)/python -m release.share
	$(BIN)/python -m release.licences

dist: .venv/ready ## build wheel and sdist twice, compare the bytes, check the contents
	$(BIN)/python -m release.dist

test-wheel: dist ## install the wheel into a clean environment of PYTHON, run it and the fast tests there
	$(BIN)/python -m release.try_wheel $(PYTHON)

audit: .venv-release/ready ## known vulnerabilities in the locked packages (asks pypi.org and osv.dev)
	.venv-release/bin/python -m release.audit .venv-release/bin/pip-audit

lint-container: .venv-release/ready ## hadolint: the Containerfile
	.venv-release/bin/hadolint Containerfile

sbom: .venv-release/ready .venv-runtime/ready ## the list of all components, as CycloneDX, to dist/sbom.cdx.json
	@mkdir -p dist
	.venv-release/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible \
		--validate --output-file dist/sbom.cdx.json .venv-runtime/bin/python

lock: .venv/ready ## resolve the dependencies again
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) pyproject.toml --group dev --upgrade --output-file requirements-dev.lock
	$(COMPILE) pyproject.toml --constraints requirements-dev.lock --output-file requirements.lock
	$(COMPILE) --group build --constraints requirements-dev.lock --output-file requirements-build.lock
	$(COMPILE) --group release --constraints requirements-dev.lock --upgrade --output-file requirements-release.lock
	$(COMPILE) pyproject.toml --group mutate --constraints requirements-dev.lock --upgrade \
		--output-file requirements-mutate.lock
	$(COMPILE) --group docs --upgrade --output-file requirements-docs.lock

clean: ## remove what the other targets created
	rm -rf .venv .venv-docs .venv-mutate .venv-release .venv-runtime dist build .coverage .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
