# Every target sets up what it needs (.venv, the Pulumi CLI, and for the stack `local` its AWS) and may be run twice.
# STACK names a Pulumi.<stack>.yaml; ARGS go on to pulumi, or to pytest.
SHELL := /bin/sh
STACK ?= local
ARGS ?=
PYTHON ?= python3

# The only makefile so far, whatever directory make was started in.
here := $(shell cd "$$(dirname "$(strip $(MAKEFILE_LIST))")" && pwd)
enter := @cd "$(here)" && $(PYTHON) toolchain/bootstrap.py
toolchain := $(enter) && exec .venv/bin/python -m toolchain

.PHONY: help setup up preview refresh destroy pulumi policy-pack lint test bench stop clean
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z -]*\):.*## /\1\t/p' "$(here)/Makefile" | awk -F '\t' '{ printf "  make %-28s %s\n", $$1, $$2 }'

setup: ## get the virtual environment and the Pulumi CLI
	$(toolchain) setup

up preview refresh destroy: ## run pulumi on a stack: STACK=local (the default), dev, prod
	$(toolchain) $@ --stack '$(STACK)' $(ARGS)

pulumi: ## any pulumi command on a stack: make pulumi ARGS="stack output"
	$(toolchain) pulumi --stack '$(STACK)' $(ARGS)

policy-pack: ## build the policy pack that stands alone, in build/policy-pack or the ARGS=DIRECTORY
	$(toolchain) $@ $(ARGS)

lint: ## ruff, mypy, and actionlint on the workflows
	$(enter) && .venv/bin/ruff check --quiet . && .venv/bin/ruff format --quiet --check . && .venv/bin/mypy .
	$(toolchain) workflows

test: lint setup ## every check and every test: ARGS="-k ports" for some
	$(enter) && .venv/bin/python -m pytest -n 2 --dist loadgroup $(ARGS)

bench: setup ## measure, as ratios in one run, and write benchmarks/results.json
	$(enter) && .venv/bin/python -m benchmarks

stop: ## stop the local AWS; what was deployed there is gone with it
	@cd "$(here)" && $(PYTHON) -m toolchain.stop

clean: ## stop the local AWS and remove .venv, .local, build and the tools' caches
	@cd "$(here)" && { $(PYTHON) -m toolchain.stop; rm -rf .venv .local build .mypy_cache .pytest_cache .ruff_cache .hypothesis; }
