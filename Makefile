# Two commands set everything up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: demo test bench attack lock clean

demo: $(VENV)/product
	$(BIN)/secondlens demo $(ARGS)

test: $(VENV)/tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m secondlens.content
	$(BIN)/python -m tests.system_packages
	$(BIN)/python -m pytest

bench: $(VENV)/tests
	$(BIN)/python -m tests.bench $(ARGS)

# Kills, power cuts, full disks, flipped bits, and what leaves the computer; takes long, run by hand.
attack: $(VENV)/tests
	$(BIN)/python -m tests.system_packages
	$(BIN)/python -m tests.attack $(ARGS)

# One environment; a stamp file says what it holds. pip's own hash check guards every download.
$(VENV)/bin/python:
	$(PYTHON) -c "import sys; sys.exit(0 if sys.version_info >= (3, 11) else 'Secondlens needs Python 3.11 or newer. Install it, then run make again with PYTHON=python3.11 (or newer).')"
	$(PYTHON) -m venv $(VENV) || { echo "Python could not make an environment. On Debian and Ubuntu: apt install python3-venv. Then run make again."; exit 1; }

$(VENV)/product: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/tests: requirements-tests.txt $(VENV)/product
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --requirement requirements-tests.txt
	touch $@

# Only for whoever changes a dependency: writes both lists anew, hashes in, addresses out.
lock:
	for target in "requirements.txt --group build" "requirements-tests.txt --group build --group tests"; do \
		set -- $$target; file=$$1; shift; \
		uv pip compile pyproject.toml $$@ --universal --python-version 3.11 --generate-hashes --upgrade \
			--no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet --output-file $$file; \
	done

clean:
	rm -rf $(VENV) demo build dist
