# Targets explain themselves: make help
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
BOOT := $(shell command -v python3.11 || command -v python3.12 || command -v python3)
DEMO := demo
SCALE ?= 0.1
ENGINE ?= embedded
ARCH ?= x86_64 aarch64
JOBS := $(VENV)/.installed

.PHONY: help install demo test check format lint types layers schedulers bench dist hashes bundle docs clean

help: ## Show this help
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  \033[1m%-10s\033[0m %s\n", $$1, $$2}'

install: $(JOBS) ## Make .venv with the pinned versions and the mingjing command
$(JOBS): pyproject.toml constraints.txt
	@$(BOOT) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; found $$($(BOOT) --version 2>&1)"; exit 2; }
	@echo "Making $(VENV): a minute or two, once"
	@test -x $(PY) || $(BOOT) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --upgrade pip
	$(VENV)/bin/pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $(JOBS)

demo: install ## Simulate a city, run the main job on it and show what came out (synthetic data)
	@rm -rf $(DEMO)
	$(VENV)/bin/mingjing simulate $(DEMO)/city --scale $(SCALE) --seed 7
	$(VENV)/bin/mingjing run $(DEMO)/city/delivery --out $(DEMO)/out --as-of 2017-12-31

test: install ## Run all tests, the files shared out between two processes
	$(PY) -m pytest -n 2 --dist loadfile

check: format lint types layers test ## Format, lint, strict types, import layers, tests

format: install ## Is every file formatted?
	$(VENV)/bin/ruff format --check .

lint: install ## Lint
	$(VENV)/bin/ruff check .

types: install ## Strict types
	$(VENV)/bin/mypy

layers: install ## jobs -> models -> expectations, never the other way
	$(VENV)/bin/lint-imports --no-cache

schedulers: install .venv-airflow .venv-dolphinscheduler .openlineage-schemas ## What others read: graph's files by the schedulers, events by OpenLineage's schemas
	$(PY) -m pytest tests/schedulers/check_schedulers.py tests/schedulers/check_lineage_events.py

.openlineage-schemas: tests/schedulers/openlineage.sha256
	@cargo info --quiet datafusion-openlineage@0.0.12 > /dev/null
	@cp "$$(find $${CARGO_HOME:-$$HOME/.cargo}/registry/cache -name datafusion-openlineage-0.0.12.crate | head -n 1)" $@
	@sha256sum --check --quiet $< && touch $@ || { rm -f $@; exit 1; }

.venv-%: tests/schedulers/%.txt
	@rm -rf $@
	@$(BOOT) -m venv $@ && $@/bin/pip install --quiet --no-deps -r $< && touch $@ || { rm -rf $@; exit 1; }

bench: install ## The main job beside a hand-written DuckDB script: make bench SCALE=1 ENGINE=embedded
	$(PY) -m benchmarks.run --scale $(SCALE) --engine $(ENGINE)

dist: install ## dist/app.zip for spark-submit --py-files, beside it dist/conf for --files
	$(PY) -m tools.package dist

hashes: install ## hashes.txt from constraints.txt, after a pin was changed: what each package is, for each processor
	$(PY) -m tools.hashes

bundle: docs ## One archive to install from where there is no network: make bundle ARCH="x86_64 aarch64"
	$(PY) -m tools.bundle dist/bundle $(foreach arch,$(ARCH),--arch $(arch))

docs: install ## Write the generated pages and build the site into site/: every warning is an error, nothing is fetched
	$(PY) -m tools.documents
	$(PY) -m sphinx --fail-on-warning --keep-going --quiet --fresh-env docs site

clean: ## Remove what the targets above made, except the virtual environment
	rm -rf $(DEMO) dist site .bench .pytest_cache .mypy_cache .ruff_cache
