# Two commands matter to a newcomer: `make run` and `make test`. All of them use the environment in .venv.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
PY := $(VENV)/bin/python
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

# The suite's own processes trace pictures too: on two cores a third one fills the time in which the others wait for
# browsers and servers, and more only wait for each other. For the same reason none of them computes in several threads,
# which would only spin while they wait.
TEST_PROCESSES ?= 3
test: export OMP_NUM_THREADS ?= 1
test: export OPENBLAS_NUM_THREADS ?= 1
test: export OPENCV_FOR_THREADS_NUM ?= 1

.PHONY: run test check bench fuzz simulate scale chaos load hostile import-scale setup setup-dev lock clean

run: setup
	@exec $(PY) manage.py run

test: setup-dev
	$(PY) -m pytest -n $(TEST_PROCESSES) $(PYTEST_ARGS)

check: setup-dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy .
	$(VENV)/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check --fail-level WARNING

bench: setup-dev
	$(PY) -m tests.benches.engine
	$(PY) -m tests.benches.platform
	$(PY) -m tests.benches.delivery
	@case "$$DATABASE_URL" in postgres*) $(MAKE) scale;; \
		*) echo "Left out: pages at a million renders. DATABASE_URL=postgres://... make bench measures them.";; esac

# Calls made up from our own OpenAPI document; FUZZ_ARGS="--cases 500 --seed 1" makes fewer.
fuzz: setup-dev
	$(PY) -m tests.fuzz $(FUZZ_ARGS)

# A seeded run of the ledger under crashes and concurrency; wants DATABASE_URL=postgres://...
simulate: setup-dev
	$(PY) -m tests.billing.simulate $(SIMULATE_ARGS)

# Every page and endpoint, and every page of the admin, at two sizes of the shop; wants DATABASE_URL=postgres://...
scale: setup-dev
	$(PY) -m tests.benches.scale
	$(PY) -m tests.benches.scale_originals
	$(PY) -m tests.benches.scale_pages

# 500 renders while everything that serves them is killed 200 times; wants PostgreSQL's programs (initdb, postgres).
chaos: setup-dev
	$(PY) -m tests.chaos $(CHAOS_ARGS)

# A hundred accounts on both APIs and the dashboard, beside a bare view; wants PostgreSQL's programs too.
load: setup-dev
	$(PY) -m tests.load $(LOAD_ARGS)

# Every file that was made to break decoders, as upload, address and mask, with the figures; wants ../shared/photos/hostile.
hostile: setup-dev
	HOSTILE_ALL=1 $(PY) -m pytest -s --timeout 1800 tests/staging/test_hostile_files.py

# 5,000 listings imported over HTTP, killed twice at random; on SQLite, or where DATABASE_URL says.
import-scale: setup-dev
	$(PY) -m tests.benches.import_scale

setup: $(VENV)/.runtime
setup-dev: $(VENV)/.development

$(PY):
	@test -n "$(PYTHON)" || { echo "Openhouse needs Python 3.11 or newer; none was found on PATH." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }

$(VENV)/.runtime: requirements.txt | $(PY)
	@echo "Installing what Openhouse needs into $(VENV) (about half a minute) ..."
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing what tests and checks need ..."
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

# Write the lock files anew from pyproject.toml; needs uv.
UV_LOCK = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet
lock:
	$(UV_LOCK) --extra engine --extra heic --extra sentry -o requirements.txt
	$(UV_LOCK) --extra engine --extra heic --extra sentry --extra test --extra check -o requirements-dev.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache

# Marks of the landing page and of a listing of a hundred photos; wants npm and Chromium, and says so without them.
.PHONY: lighthouse
lighthouse: setup-dev
	$(PY) -m tests.benches.lighthouse
