# Needs GNU make and Python 3.11 or later, nothing else. `make` alone lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# Where `make train` writes; the name of the folder becomes that of the model.
MODEL ?= build/ogi-small-3

# What `make bench` measures: sets of numbers for each sample and style, and how many reports.
DRAWS ?= 20
SEED ?= 1
REPORTS ?= 600
PAGES ?= 10000
REPORTS_PER_FAMILY ?= 50
PDFS ?= 13
TABLES ?= 200
SCANS ?= 10
SETS := keeps blanks collapsed lost source

# The interpreter of an environment with other readers of tables, to compare with (docs/benchmarks.md).
PEER ?=
peers = $(if $(PEER),$(BIN)/python tests/benchmarks/peers.py $(1) --peer $(PEER) | tee $(1)/peers.md,\
  @echo 'Comparison with other readers left out: make $@ PEER=ENVIRONMENT/bin/python')

# Installing again is due when what is asked for, or the exact versions of it, have changed.
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
REQUIREMENTS := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup run test test-all format lint types check golden train bench bench-reconcile \
  bench-scan build clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(DEVELOPMENT)  ## set up .venv with gouji and the development tools

run: $(RUNTIME)  ## set up .venv for extraction alone and extract seeds/ into out/
	$(BIN)/gouji extract seeds --out out

test: $(DEVELOPMENT)  ## run the tests, but for the slow ones
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-all: $(DEVELOPMENT)  ## run all tests, with coverage by branch
	$(BIN)/python -m pytest -m "not gpu" --cov --cov-report=term-missing:skip-covered

format: $(DEVELOPMENT)  ## rewrite the code in the agreed format
	$(BIN)/ruff format

lint: $(DEVELOPMENT)  ## look for mistakes in style and substance
	$(BIN)/ruff check

types: $(DEVELOPMENT)  ## check the types
	$(BIN)/mypy

check: format lint types test  ## format, lint, types, test

golden: $(DEVELOPMENT)  ## rewrite tests/golden/ from seeds/; read the difference before you commit it
	GOUJI_REWRITE_GOLDEN=1 $(BIN)/python -m pytest tests/test_golden.py

train: $(DEVELOPMENT)  ## train a tagger from nothing and calibrate it, in about 80 minutes
	OMP_NUM_THREADS=1 $(BIN)/gouji train --out $(MODEL)

bench: $(DEVELOPMENT)  ## measure accuracy on refilled samples and unseen layouts, and speed, into bench/
	rm -rf bench
	$(BIN)/python tests/benchmarks/refill.py bench/sound --draws $(DRAWS) --seed $(SEED)
	$(BIN)/python tests/benchmarks/refill.py bench/faults --draws $(DRAWS) --seed $(SEED) \
	  --styles onedigit sourceerror
	$(BIN)/python tests/benchmarks/refill.py bench/damaged --draws $(DRAWS) --seed $(SEED) \
	  --styles split letters
	for set in $(SETS); do $(BIN)/python tests/benchmarks/held_out.py bench/$$set --set $$set \
	  --per-family $(REPORTS_PER_FAMILY) --seed $(SEED) || exit 1; done
	$(BIN)/python tests/benchmarks/files.py bench/files --reports $(REPORTS_PER_FAMILY) --seed $(SEED)
	$(BIN)/python tests/benchmarks/pdfs.py bench/pdfs --reports $(PDFS) --seed $(SEED)
	$(BIN)/python tests/benchmarks/pdfs.py bench/bare --reports $(REPORTS_PER_FAMILY) \
	  --seed $(SEED) --formats bare
	$(BIN)/gouji evaluate bench/keeps/gold --sources bench/keeps/sources --report bench/keeps
	for set in sound faults damaged files pdfs bare $(filter-out keeps,$(SETS)); do \
	  $(BIN)/gouji evaluate bench/$$set/gold --sources bench/$$set/sources \
	  | tee bench/$$set/scores.txt || exit 1; done
	$(BIN)/python tests/benchmarks/handed_on.py --set collapsed --per-family $(REPORTS_PER_FAMILY) \
	  --seed $(SEED) | tee bench/collapsed/handed_on.md
	$(BIN)/python tests/benchmarks/speed.py bench/sound/sources bench --reports $(REPORTS)
	$(BIN)/python tests/benchmarks/bulk.py bench/bulk --pages $(PAGES) --seed $(SEED)
	$(call peers,bench/pdfs)

bench-scan: $(DEVELOPMENT)  ## measure scanned pages that are drawn anew, into bench/scans/
	rm -rf bench/scans
	$(BIN)/python tests/benchmarks/scans.py bench/scans --set figures --reports $(SCANS) --seed $(SEED)
	$(BIN)/python tests/benchmarks/scan.py bench/scans --workers 2 | tee bench/scans/scores.txt
	$(call peers,bench/scans)

bench-reconcile: $(DEVELOPMENT)  ## measure how damaged tables come back, into bench/reconcile/
	$(BIN)/python tests/benchmarks/reconcile.py bench/reconcile --tables $(TABLES) --seed $(SEED)

build: $(DEVELOPMENT)  ## build the wheel and the source archive into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation

clean:  ## remove what the other targets made, but for .venv
	rm -rf out bench build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find model inference annotations training tests -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("gouji needs Python 3.11 or later: make PYTHON=python3.11" \
	  if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(RUNTIME): $(BIN)/python $(REQUIREMENTS)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[parquet,pdf,scan]'
	touch $@

$(DEVELOPMENT): $(BIN)/python $(REQUIREMENTS)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev,parquet,pdf,scan,train]'
	touch $(RUNTIME) $@
