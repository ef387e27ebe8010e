# Every target sets itself up: Python 3.11+ and make are all it needs. Each is one command of `python -m scripts`.
SHELL := /bin/sh
PYTHON ?= python3
UV_VERSION := 0.13.9
RUN := .venv/bin/python -m scripts
OUT ?= target/ecosystem.duckdb
export UV_CACHE_DIR ?= $(CURDIR)/.venv/cache

.PHONY: help demo test test-slow proof build workbook review page trace train-scorecard lint clean

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

demo: .venv/runtime ## A demo world from nothing: generate, build with all tests, show the answer
	@$(RUN) demo

build: .venv/runtime ## Your own files: DATA=<folder> [OUT=<file>] [AS_OF=YYYY-MM-DD] [VARS='{...}'] [TARGET=postgres|spark]
	@test -n "$(DATA)" || { echo "give DATA=<folder of contract files>, for example: make build DATA=my_files" >&2; exit 2; }
	@$(RUN) build --data "$(DATA)" --out "$(OUT)" $(if $(AS_OF),--as-of "$(AS_OF)") $(if $(VARS),--vars '$(VARS)') $(if $(TARGET),--target "$(TARGET)")

workbook: .venv/runtime ## Twenty accounts in a spreadsheet: XLSX=<file>; writes an empty one, or answers from a filled one
	@test -n "$(XLSX)" || { echo "give XLSX=<file>, for example: make workbook XLSX=twenty_accounts.xlsx" >&2; exit 2; }
	@$(RUN) workbook --xlsx "$(XLSX)"

review: .venv/runtime ## The monthly review as one HTML page: [MONTH=YYYY-MM] [OUT=<file>] [PAGE=<file.html>]
	@$(RUN) review --database "$(OUT)" $(if $(MONTH),--month "$(MONTH)") $(if $(PAGE),--page "$(PAGE)")

page: .venv/runtime ## Partner scorecards and the ecosystem graph as one HTML page: [OUT=<file>] [PAGE=<file.html>]
	@$(RUN) page --database "$(OUT)" $(if $(PAGE),--page "$(PAGE)")

trace: .venv/runtime ## How a partner's CSI comes about: PARTNER=<name> [STAGE=<stage>] [AS_OF=YYYY-MM-DD] [OUT=<file>]
	@test -n "$(PARTNER)" || { echo "give PARTNER=<name>, for example: make trace PARTNER='Harbor Advisors'" >&2; exit 2; }
	@$(RUN) trace "$(PARTNER)" --database "$(OUT)" $(if $(STAGE),--stage "$(STAGE)") $(if $(AS_OF),--as-of "$(AS_OF)")

train-scorecard: .venv/development ## Risk and readiness on your own history, as challengers: [OUT=<file>] [VERSION=<name>] [UNTIL=YYYY-MM-DD] [NOTE='...']
	@$(RUN) train-scorecard --database "$(OUT)" $(if $(VERSION),--version "$(VERSION)") $(if $(UNTIL),--until "$(UNTIL)") $(if $(NOTE),--note "$(NOTE)")

test: .venv/development ## Unit, data and end-to-end tests on DuckDB and PostgreSQL
	@$(RUN) test

test-slow: .venv/development ## The rest: style of SQL, worlds of known truth, Spark, and real data where it is given
	@$(RUN) test --slow

proof: .venv/runtime ## Worlds of known truth, measured beside their thresholds: [WORLDS=null,planted] [SEEDS=10] [RANDOM=3] [PROOF=<file.json>]
	@$(RUN) proof $(if $(WORLDS),--worlds "$(WORLDS)") $(if $(SEEDS),--seeds $(SEEDS)) $(if $(RANDOM),--random $(RANDOM)) --out "$(or $(PROOF),target/proof.json)"

lint: .venv/development ## Style of SQL and Python
	@$(RUN) lint

clean: .venv/runtime ## Remove what builds and tests leave; the environment and your data stay
	@$(RUN) clean

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with PYTHON=<interpreter>" >&2; exit 2; }
	@echo "setting up the environment (about a minute, once)"
	@$(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/runtime: requirements.lock | .venv/bin/uv
	@.venv/bin/uv pip install --system-certs --quiet --python .venv/bin/python --require-hashes -r requirements.lock
	@touch $@

.venv/development: requirements-dev.lock .venv/runtime
	@.venv/bin/uv pip install --system-certs --quiet --python .venv/bin/python --require-hashes -r requirements-dev.lock
	@touch $@
