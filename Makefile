# Two commands matter: `make demo` shows what claimx does, `make test` checks that it does.
PYTHON ?= python3
BIN := .venv/bin
RUNTIME := .ci/requirements/runtime.txt
DEVELOPMENT := .ci/requirements/development.txt
# What else is in tests/benchmarks makes weights or needs the extra `train`.
BENCHMARKS := classifier entities ingestion own_documents review robustness
GOLD := ../shared/data/policy-claims/dev.jsonl

.DEFAULT_GOAL := help
.PHONY: help install demo test lint bench corpus interop train-environment pins clean

help: ## show this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

# Stamps make the second call quick, and let it work without a network.
.venv/runtime: $(RUNTIME) pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(RUNTIME)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/development: .venv/runtime $(DEVELOPMENT)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(DEVELOPMENT)
	touch $@

install: .venv/runtime ## make .venv with what running claimx needs

demo: .venv/runtime ## extract the claims of our own commentaries into outputs/demo
	$(BIN)/claimx extract corpus/sources -o outputs/demo

lint: .venv/development ## style, types, directions of import
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## all checks and tests
	$(BIN)/python -m pytest -W error

bench: .venv/development ## the benchmarks, apart from the tests
	for name in $(BENCHMARKS); do echo "== $$name"; $(BIN)/python -m tests.benchmarks.$$name || exit 1; done
	$(BIN)/python -m tests.benchmarks.sentences $(GOLD)
	$(BIN)/python -m tests.benchmarks.arguments $(GOLD)

corpus: .venv/development ## rebuild corpus/sources and corpus/gold from corpus/masters
	$(BIN)/python corpus/build.py

interop: .venv/development ## a round trip through the real label-studio and doccano (a gigabyte to install, once)
	$(BIN)/python tests/interop/round_trip.py

train-environment: .venv/development ## add what `claimx train` needs (torch)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[train]'

pins: ## renew the pinned requirements from pyproject.toml
	$(PYTHON) -m venv .venv-pins && .venv-pins/bin/pip install --quiet pip-tools
	.venv-pins/bin/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --extra build -o $(RUNTIME) pyproject.toml
	.venv-pins/bin/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --extra build --extra dev --extra ocr --extra postgres -c $(RUNTIME) -o $(DEVELOPMENT) pyproject.toml
	rm -rf .venv-pins

clean: ## remove what can be made again
	rm -rf .venv outputs/demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
