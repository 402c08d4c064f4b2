# Two commands do everything: `make demo` shows the main job, `make test` runs every check.
# Both set themselves up from a bare Python 3.11+ with pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Byte code is left to the first import: compiling every module of every dependency takes longer than the demo.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# LOCK=requirements-lock.txt installs the very versions that the tests ran with.
LOCK ?=
INSTALL := $(PIP) install --no-compile $(if $(LOCK),-c $(LOCK))

.DEFAULT_GOAL := help
.PHONY: help demo test long check lint types layers docs pictures coverage bench sbom clean

help:
	@echo "make demo    the main job on the bundled sample"
	@echo "make test    every check: lint, types, layers, tests, documentation"
	@echo "make long    random search, and every kill and load test in full (hours; goes on where it broke off)"
	@echo "make docs    the documentation site, into site/"
	@echo "make coverage  the tests again, counting covered lines"
	@echo "make bench   benchmarks against named peers (minutes)"
	@echo "make sbom    a bill of materials of what is installed, into build/sbom.json"
	@echo "make clean   remove what the other targets made"

# A stamp per set of dependencies: set-up runs again when pyproject.toml changes, and never otherwise.
$(VENV)/base.stamp: pyproject.toml
	@echo "setting up $(VENV) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(INSTALL) -e .
	@touch $@

$(VENV)/test.stamp: pyproject.toml $(VENV)/base.stamp
	@echo "installing what the tests need ..."
	@$(INSTALL) -e '.[test,docs]'
	@touch $@

$(VENV)/bench.stamp: pyproject.toml $(VENV)/base.stamp
	@echo "installing the peers that benchmarks compare with ..."
	@$(INSTALL) -e '.[bench]'
	@touch $@

$(VENV)/demo.stamp: pyproject.toml $(VENV)/base.stamp
	@echo "installing what reports are drawn with ..."
	@$(INSTALL) -e '.[report]'
	@touch $@

# The sample's desk and its two reports stay in build/: a second run shows where they are.
build/sample-december.html: $(VENV)/demo.stamp
	@echo "a desk of the sample with its two reports ..."
	@mkdir -p build
	@test -e build/sample-desk/trimtab.toml || $(BIN)/trimtab init build/sample-desk --sample > build/sample-desk.txt
	@$(BIN)/trimtab report -w build/sample-desk --period 2022-10-31:2022-11-30 --out build/sample-november.html
	@$(BIN)/trimtab report -w build/sample-desk --period 2022-11-30:2022-12-28 --out $@

demo: build/sample-december.html
	@$(BIN)/trimtab demo
	@echo "The report of the sample's December: file://$(CURDIR)/build/sample-december.html"

test: lint types layers check docs

lint: $(VENV)/test.stamp
	@echo "== lint"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/test.stamp
	@echo "== types"
	@$(BIN)/mypy

layers: $(VENV)/test.stamp
	@echo "== layers"
	@$(BIN)/lint-imports --no-cache

check: $(VENV)/test.stamp
	@echo "== tests"
	@$(BIN)/python -m pytest -n 2 --dist worksteal --durations=10

# What passed on this very code is not run again. ROUNDS=5 searches five times as long.
ROUNDS ?= 1
long: $(VENV)/test.stamp
	@$(BIN)/python scripts/long.py --rounds $(ROUNDS)

docs: $(VENV)/test.stamp
	@echo "== documentation"
	@$(BIN)/python scripts/equations.py --check
	@$(BIN)/zensical build --clean --strict

# Counting covered lines takes half as long again, so it is asked for and not part of `make test`.
coverage: $(VENV)/test.stamp
	@$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term:skip-covered

# The pictures of the documentation, from the bundled sample.
pictures: $(VENV)/test.stamp
	@$(BIN)/python scripts/pictures.py
	@$(BIN)/python scripts/estimator_pictures.py

bench: $(VENV)/bench.stamp
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

sbom: $(VENV)/base.stamp
	@mkdir -p build
	@$(BIN)/python scripts/sbom.py > build/sbom.json && echo "build/sbom.json"

clean:
	@rm -rf $(VENV) site build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .long .coverage
