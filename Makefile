# The two commands of the README. Each makes its own virtual environment with pinned dependencies; nothing else is needed.
#   make demo     extract corpus/reports, score against corpus/gold, print tables and score
#   make test     the whole test suite, with ruff, mypy and import-linter
# PYTHON chooses the interpreter: make test PYTHON=python3.12

PYTHON ?= $(shell for p in python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null && echo $$p && break; done)
TAG := $(shell $(or $(PYTHON),python3) -c 'import sys; print("py%d%d" % sys.version_info[:2])' 2>/dev/null)
VENV ?= .venv-$(TAG)
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: demo test lint clean python

demo: $(READY)
	$(BIN)/casemill extract corpus/reports -o outputs/demo
	$(BIN)/casemill evaluate corpus/gold outputs/demo
	$(BIN)/casemill show pubmed-page-membranous --run outputs/demo
	@echo "tables: outputs/demo/*.csv; another report: $(BIN)/casemill show REPORT_ID --run outputs/demo"

test: $(READY) lint
	$(BIN)/python -m pytest

lint: $(READY)
	$(BIN)/ruff check pipeline tests benchmarks setup.py
	$(BIN)/ruff format --check pipeline tests benchmarks setup.py
	$(BIN)/mypy
	$(BIN)/lint-imports

$(READY): setup.cfg setup.py pyproject.toml constraints/$(TAG).txt | python
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints/$(TAG).txt --editable '.[dev]'
	touch $@

constraints/$(TAG).txt: | python

python:
	@$(or $(PYTHON),python3) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if v in ((3, 11), (3, 12)) else "casemill needs Python 3.11 or 3.12; found %d.%d. Name one: make demo PYTHON=/path/to/python3.12" % v)'

clean:
	rm -rf .venv-* build dist pipeline/*.egg-info .pytest_cache .mypy_cache .ruff_cache
