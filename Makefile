# The two commands to know: `make demo` and `make test`. Both set up all they need.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
FUZZ_SECONDS ?= 60
# Processes that run the tests; each starts a Label Studio of its own.
JOBS   ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test lint unit sweep bench format lock docs sample-release fuzz clean chromium postgresql

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

demo: $(VENV)/ready  ## the whole main job on the sample articles, with a real Label Studio
	$(BIN)/goldkit demo

test: lint unit  ## lint, types, import contracts, and the whole test suite

lint: $(VENV)/ready  ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/ready chromium postgresql  ## the tests alone
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

sweep: $(VENV)/ready chromium postgresql  ## the tests with every example of every law
	GOLDKIT_SWEEP=1 $(BIN)/python -m pytest -n $(JOBS) --dist loadfile

bench: $(VENV)/ready  ## what is fast against its yardsticks, in one run
	$(PIP) install 'pygamma-agreement==0.5.9'
	$(BIN)/python -m benchmarks

fuzz: $(VENV)/ready  ## look for inputs that break the readers, FUZZ_SECONDS for each target
	$(PIP) install 'atheris==3.0.0'
	@mkdir -p .fuzz
	for target in codec xml lines folders yaml; do \
	  $(BIN)/python -m tests.fuzz.fuzz_$$target -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=.fuzz/ || exit 1; \
	done

docs: $(VENV)/ready chromium  ## make the README's pictures and texts again
	GOLDKIT_UPDATE_DOCS=1 $(BIN)/python -m pytest tests/browser tests/docs tests/report/test_story_page.py

sample-release: $(VENV)/ready  ## make the sample project's kept release again
	GOLDKIT_UPDATE_DOCS=1 $(BIN)/python -m pytest tests/pipeline/test_kept_release.py -k made_from

format: $(VENV)/ready  ## put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/ready  ## resolve the dependencies again into requirements.txt
	$(PIP) install uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --extra studio --extra report --extra spacy --extra uima --extra ray --group dev --output-file requirements.txt pyproject.toml

clean:  ## remove the environment and the caches; exports/ and .goldkit/ hold work, and stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# Made again whenever what it is made from changes. requirements.txt is a whole resolution, so pip has nothing left to
# resolve, and is told so: 23.2 stumbles over lxml[html-clean].
$(VENV)/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ...' >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@echo 'installing into $(VENV), which takes a minute or two'
	$(PIP) install --no-deps --require-hashes --requirement requirements.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# The browser tests drive Debian's Chromium; GOLDKIT_CHROMIUM names another one.
chromium:
	@if [ -z "$$GOLDKIT_CHROMIUM" ] && ! command -v chromium >/dev/null; then \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends \
	    chromium fonts-dejavu-core fonts-noto-color-emoji >/dev/null; \
	fi

# The tests on PostgreSQL start a server of their own; where there is none they are skipped.
postgresql:
	@if ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends postgresql >/dev/null; \
	fi
