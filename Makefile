# Everything one does with Parvis from a checkout. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help setup demo stop test check format contracts bench chaos test-peers test-deploy
MAKEFLAGS += --no-print-directory
# What is imported is compiled once, wherever this runs: a suite is many processes.
export PYTHONDONTWRITEBYTECODE =

PARVIS = .venv/bin/parvis
PYTEST = .venv/bin/python -m pytest
# Three workers for two cores: a third of what they do is to wait.
BY_THREE = $(PYTEST) -n 3 --no-loadscope-reorder
# They measure how soon who is killed is back, and the storm leaves no processor to anybody.
ALONE = tests/chaos/test_killed_service.py tests/chaos/test_storm.py
# The stories that are told again with the other MongoDB driver.
DRIVER_STORIES = $(wildcard tests/flows/test_insult_hidden.py tests/flows/test_edited_comment.py tests/flows/test_scheduled_post.py)

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## Make the environment from the lock file (installs uv when absent)
	@.ci/set-up

demo: setup ## Run all of Parvis here. RESET=1 afresh, ONCE=1 to the story's end, PEERS=1 with real networks
	@$(PARVIS) demo $(if $(RESET),--reset) $(if $(ONCE),--once) $(if $(PEERS),--peers)

stop: setup ## Stop the local engines; data is kept
	@$(PARVIS) engines stop

test: setup ## Run the whole suite on real engines, then what reaches MongoDB again by its other driver
	@.ci/chromium
	$(BY_THREE) --ignore tests/peers --ignore tests/deploy $(addprefix --ignore ,$(ALONE))
	$(PYTEST) $(ALONE)
	$(if $(wildcard tests/shared),PARVIS_MONGO_DRIVER=pymongo $(BY_THREE) -m by_driver tests/shared $(DRIVER_STORIES))

check: setup ## Style, types, direction of imports, generated files: under a minute, no engine
	@$(MAKE) -j 2 -O -k check-types check-style check-house

.PHONY: check-types check-style check-house
check-types:
	.venv/bin/mypy

check-style:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	$(PARVIS) contracts --check

check-house:
	$(PYTEST) tests/architecture

format: setup ## Let ruff format and mend what it can
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

contracts: setup ## Write schemas, AsyncAPI, OpenAPI and docs/events.md from event classes and routes
	$(PARVIS) contracts

bench: setup ## Measure against a bare reference in the same run; writes .parvis/bench.json
	.venv/bin/python -m bench

chaos: setup ## Kill everything at length while traffic flows; writes .parvis/chaos.json
	.venv/bin/python -m tests.chaos

test-peers: setup ## The stories on a real WordPress and a real Bluesky network (as root on Debian)
	$(if $(wildcard tests/peers/test_*.py tests/peers/*/test_*.py),$(PYTEST) tests/peers,@echo "no story about peers yet")

test-deploy: setup ## Apply the deployment to a real Kubernetes API server (Go and kubectl; compiled the first time)
	$(PYTEST) tests/deploy
