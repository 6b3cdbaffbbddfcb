# make plan    sets everything up and solves the bundled Songjiang instance into out/songjiang
# make test    the tests            make lint   ruff and mypy
# make bench   a short measurement   make wheel  dist/*.whl with models and instances inside
# make docs    docs/rules.md from the code, docs/benchmarks.md from the records

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= 2

.PHONY: help setup plan test lint format bench docs wheel requirements clean
.DEFAULT_GOAL := help

help:
	@sed -n '1,4s/^# //p' Makefile

setup: $(READY)

$(READY): requirements.txt pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null || { \
		echo "需要 Python 3.11 至 3.14。/ Python 3.11 to 3.14 is needed; found: $$(python3 --version 2>&1 || echo none)."; \
		echo "Maybe: make PYTHON=/path/to/python3.11 plan"; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python 的 venv 模块不可用。/ Python has no working venv module. Maybe: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

plan: $(READY)
	$(BIN)/optimizer solve songjiang --out out/songjiang

test: $(READY)
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadgroup

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)
	$(BIN)/python -m benchmarks run scale --sizes 3500,14000 --peers highs,cbc --factor 3 --peers-up-to 3500 --time 60 --json out/bench/scale.json
	$(BIN)/python -m benchmarks run build --columns 200000 --json out/bench/build.json

docs: $(READY)
	$(BIN)/python -m optimizer.reference > docs/rules.md
	$(BIN)/python -m benchmarks page

wheel: $(READY)
	$(BIN)/python -m hatchling build -t wheel

# The pins: needs pip-tools in .venv, or PIP_COMPILE=/path/to/pip-compile. Run it with Python 3.11, the oldest we support.
PIP_COMPILE ?= $(BIN)/pip-compile
requirements:
	CUSTOM_COMPILE_COMMAND="make requirements" $(PIP_COMPILE) --quiet --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host --strip-extras --extra dev -o requirements.txt pyproject.toml

clean:
	rm -rf out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
