# Two commands: `make demo` shows Milepost at work, `make test` proves it. `make help` lists the rest.

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
DEMO_SECONDS ?=
STAMP := $(VENV)/.set-up

.PHONY: help demo test setup setup-test lint unit frontend bench clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: setup ## Set up and show a living sample network on http://127.0.0.1:8000
	@$(BIN)/milepost demo $(if $(DEMO_SECONDS),--seconds $(DEMO_SECONDS))

test: setup-test ## Set up and run everything: linters, types, floors, check, all tests
	@scripts/test.sh

setup: $(STAMP) frontend ## Virtual environment with locked dependencies, built front end

$(STAMP): uv.lock pyproject.toml scripts/setup.sh
	@scripts/setup.sh
	@touch $(STAMP)

setup-test: setup ## What only tests need: a browser
	@scripts/setup-test.sh

frontend: ## Build the front end (needs npm)
	@scripts/build-frontend.sh

lint: setup-test ## ruff, mypy --strict, import-linter, milepost check
	@scripts/lint.sh

bench: setup ## The benchmark commands' short forms
	@$(BIN)/milepost bench ingest && $(BIN)/milepost bench query

clean: ## Remove what was built and set up
	@rm -rf $(VENV) build dist frontend/node_modules
