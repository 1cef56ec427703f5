# `make` lists the targets. Each creates the virtual environment when it is missing.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Containers often set it: each of the hundreds of processes of the tests would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check bench contracts campaign twins kills soak docs clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 12

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 2; }
	@echo "Creating $(VENV) (once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(READY)

run: $(READY)  ## the main job: a distributor's busiest week, with faults, judged by the books
	@$(BIN)/sandbox run peak_week --out runs/peak_week

check: $(READY)  ## lint, format, types and walls
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

test: $(READY) check  ## lint, types, walls and all tests
	@$(BIN)/python -m pytest -n 3 --dist worksteal tests

bench: $(READY)  ## ratios against a baseline in the same run; writes build/bench.json
	@$(BIN)/python -m tests.benchmarks

campaign: $(READY)  ## the longer tests, the kill matrix, and the reference core under 10,000 drawn fault plans; writes build/campaign.json
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m campaign tests
	@$(BIN)/python -m tests.campaign

contracts: $(READY)  ## every check of every contract, and planted drifts; writes build/contracts.json
	@$(BIN)/python -m tests.contract_suite

twins: $(READY)  ## the same cases in virtual time and against real processes; writes build/twins.json
	@$(BIN)/python -m tests.twins

kills: $(READY)  ## 5,000 orders under load with faults, and kill -9 of core, NATS and PostgreSQL; writes build/load-kills.json
	@$(BIN)/python -m tests.campaign.load kills

soak: $(READY)  ## 20 minutes of steady load: is memory flat? writes build/load-soak.json
	@$(BIN)/python -m tests.campaign.load soak

clean:  ## remove what the targets made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
