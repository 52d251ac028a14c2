# Three commands do everything on a fresh machine: make demo, make test, make test-all.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
unexport PYTHONDONTWRITEBYTECODE  # tests start processes, and each would compile the package anew

.PHONY: demo test test-slow test-long test-all strangers hostile shrinking false-alarms steady sdk-suite mutants mutation lint format docs bench wheel newest clean

demo: $(VENV)/.installed  ## run the contract against a receiver with real faults, and show them
	@$(BIN)/telnyx-mock demo

test: $(VENV)/.installed-dev  ## run the quick tests; three at a time on two cores, since many wait
	$(BIN)/pytest -n 3 --dist worksteal

test-slow: $(VENV)/.installed-dev  ## run the tests that are marked slow
	$(BIN)/pytest -n 3 --dist worksteal -m slow

hostile: $(VENV)/.installed-dev  ## run every hostile receiver; some ten minutes
	$(BIN)/pytest -n 3 --dist worksteal -m hostile

test-long: $(VENV)/.installed-dev  ## run what takes too long for the gate: pages, projects of users, calls with many seeds
	$(BIN)/pytest -n 3 --dist worksteal -m long

test-all: test test-slow test-long hostile  ## run every test

false-alarms: $(VENV)/.installed-dev  ## twenty seeds against every correct receiver; about an hour
	SEEDS=20 $(BIN)/pytest -m "" -n auto --timeout 900 tests/test_no_false_alarms.py

strangers: $(VENV)/.installed-dev  ## check sixty receivers that strangers wrote; some minutes
	$(BIN)/pytest -m strangers tests/strangers

shrinking: $(VENV)/.installed-dev  ## five seeds for every fault that must shrink to its guilty field
	SEEDS=5 $(BIN)/pytest -m "" -n auto tests/strategies/test_shrinking.py

steady: $(VENV)/.installed-dev  ## fifty runs against a receiver with a queue; each must say the same
	$(BIN)/python -m tests.contract.queue_runs 50

mutants: $(VENV)/.installed-dev  ## write the page about faulty receivers, and what finds each
	$(BIN)/python -m tests.receivers.table

mutation: $(VENV)-mutation/.installed  ## test the tests of the modules that judge; try all mutants with ALL=1
	$(VENV)-mutation/bin/python -m scripts.mutation $(if $(ALL),--all) $(MODULES)

lint: $(VENV)/.installed-dev  ## style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/.installed-dev  ## write docs/reference from the code
	$(BIN)/python -m scripts.reference
	$(BIN)/python -m tests.hostile.table

bench: $(VENV)/.installed-dev  ## performance, as ratios within one run
	$(BIN)/python benchmarks/strategies.py
	$(BIN)/python benchmarks/catalogue.py
	$(BIN)/python benchmarks/signing.py
	$(BIN)/python benchmarks/deliveries.py
	$(BIN)/python benchmarks/contract.py
	$(BIN)/python benchmarks/calls.py
	$(BIN)/python benchmarks/reads.py
	$(BIN)/python benchmarks/api_server.py
	$(PYTHON) -m venv $(VENV)-jsonschema
	$(VENV)-jsonschema/bin/pip install --quiet hypothesis-jsonschema "hypothesis<6.100"
	$(BIN)/python benchmarks/json_schema.py $(VENV)-jsonschema/bin/python

wheel: $(VENV)/.installed-dev  ## build what is published
	$(BIN)/pip wheel --quiet --no-deps --wheel-dir dist .

newest: $(VENV)/.installed-dev  ## hold the catalogue to the newest official SDK
	$(PYTHON) -m venv $(VENV)-newest
	$(VENV)-newest/bin/pip install --quiet --upgrade pip
	$(VENV)-newest/bin/pip install --quiet --editable . --group dev
	$(VENV)-newest/bin/pip install --quiet --upgrade "telnyx[webhooks]"
	$(VENV)-newest/bin/pytest -m "" tests/catalogue/test_official_sdk.py tests/catalogue/test_unwrap.py

sdk-suite: $(VENV)/.installed-dev  ## run the official SDK's own tests against telnyx-mock api --stateless; some twenty minutes
	$(PYTHON) -m venv $(VENV)-sdk-suite
	$(VENV)-sdk-suite/bin/pip install --quiet pytest pytest-asyncio pytest-xdist respx pynacl "pydantic==2.12.5" "telnyx[aiohttp]==$$($(BIN)/python -c 'import telnyx; print(telnyx.__version__)')"
	$(BIN)/python -m scripts.sdk_suite $(VENV)-sdk-suite/bin/python -n 2 tests/api_resources

oldest: $(VENV)/.installed-dev  ## try the fake API with the oldest libraries whose internals it uses
	$(PYTHON) -m venv $(VENV)-oldest
	$(VENV)-oldest/bin/pip install --quiet --upgrade pip
	$(VENV)-oldest/bin/pip install --quiet --editable . --group dev
	$(VENV)-oldest/bin/pip install --quiet "respx==0.22.*" "responses==0.25.*"
	$(VENV)-oldest/bin/pytest tests/fake_api

clean:
	rm -rf $(VENV) .neighbours $(VENV)-newest $(VENV)-sdk-suite $(VENV)-jsonschema $(VENV)-mutation .mutation dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("telnyx-mock needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/pip install --quiet --editable . --group dev
	@touch $@

$(VENV)-mutation/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)-mutation
	$(VENV)-mutation/bin/pip install --quiet --upgrade pip
	$(VENV)-mutation/bin/pip install --quiet --editable . --group mutation
	@touch $@
