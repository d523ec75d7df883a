# make audit    install and run the main job: every claim judged, table and picture in out/
# make test     install and run lint, types, doctests and tests
# make mutants  install and try every hand-written wrong version: each must fail its named test
# make bench    install and time the engine beside its rivals; writes docs/benchmarks/engine.md
# make bench-worst  install and time the worst case of one step (PEPIT=/path/to/python: beside PEPit)
# make perturb  install and try ten thousand perturbed claims on the proof checker
# make grid     install and judge the audit grid; writes docs/grid.md
# make tightness  install and split the slack of bounds, map it; writes docs/tightness.md
# make pages    write the pages of docs/ that are made from the objects
# make lock     refresh requirements.lock from pyproject.toml
# make clean    remove what the other targets made
#
# Another interpreter than the first Python >= 3.11 found on the path: make audit PYTHON=/path/to/python

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)

VENV := .venv
BIN := $(VENV)/bin

# A stamp's name holds a checksum of what was installed and where: nothing is done twice, and an
# install that was interrupted, or that is out of date, is done again.
checksum = $(shell { cat $(1) 2>/dev/null; echo "$(CURDIR)"; } | cksum | tr ' ' '-')
LOCKED := $(VENV)/.locked-$(call checksum,requirements.lock)
INSTALLED := $(VENV)/.installed-$(call checksum,pyproject.toml)

.PHONY: audit test mutants bench bench-worst perturb grid tightness pages install lock clean

audit: install
	$(BIN)/hdo audit --profile quick

test: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist worksteal

mutants: install
	$(BIN)/python tests/mutants/run.py --jobs 2

bench: install
	$(BIN)/python benchmarks/engine.py --write docs/benchmarks/engine.md

bench-worst: install
	$(BIN)/python benchmarks/worst_case.py --write docs/benchmarks/worst_case.md $(if $(PEPIT),--pepit "$(PEPIT)")

perturb: install
	HDO_PERTURBATIONS=200 $(BIN)/python -m pytest -n 2 tests/verify/test_proof_checker.py -k perturbed

grid: install
	$(BIN)/python -m report.grid

tightness: install
	$(BIN)/python -m report.tightness

pages: install
	$(BIN)/python -m report.pages
	$(BIN)/python -m report.worst_page

install: $(INSTALLED)

$(LOCKED):
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "hdo needs Python 3.11 or newer and found none: name one with 'make PYTHON=/path/to/python'." >&2; \
	exit 1; }
	"$(PYTHON)" -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(INSTALLED): $(LOCKED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/.installed-* && touch $@

# Its own environment, so that the one in use holds exactly what the lock names.
lock:
	"$(PYTHON)" -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(VENV)-lock/bin/uv pip compile pyproject.toml --extra dev --universal --fork-strategy fewest \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
		--quiet --upgrade -o requirements.lock

clean:
	rm -rf $(VENV) $(VENV)-lock out *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
