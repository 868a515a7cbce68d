# Every target works from a fresh clone on a machine with Python 3.11-3.13, git and make; `make` lists them.
# PYTHON=/path/to/python3.12 names the Python to use; PART=name chooses one part of the proof.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test more check proof fmt gallery requirements clean

PYTHONS = $(or $(PYTHON),python3 python3.13 python3.12 python3.11)
SUITABLE = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
INSTALL = uv pip install --quiet --python .venv
COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command 'make requirements'

# Our own uv, where there is one, goes first: a name on PATH may be a shim that does not run.
export PATH := $(CURDIR)/.uv/bin:$(PATH)
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1 /p' Makefile | while read -r target sentence; do \
	  printf '  make %-14s%s\n' "$$target" "$$sentence"; done

demo: .venv/headrace  ## install what is needed, then walk 192 records the whole way in demo/, on a real Label Studio
	@.venv/bin/headrace demo demo

test: .venv/dev  ## run the tests, the same sample each time (under 10 minutes on 2 cores)
	@.venv/bin/pytest -m 'not proof' --hypothesis-seed=0 --durations=10 \
	  --numprocesses=3 --dist=loadfile --no-loadscope-reorder

# What `make test` leaves out of its sample, and takes seconds a test: all files that are named so.
MORE = demo_live restored syncs pushes_in_doubt hostile_server asking_again release_of_what_stands doctor steering \
	terminals watching serve_command routes door_live guard_browser escapes every_engine session answers real_programs \
	ingest verify on_postgres every_label_studio trainers s3 hub folders release release_again release_leaks

more: .venv/dev  ## run more of the tests: part of what `make test` leaves to the proof (under 10 minutes)
	@.venv/bin/pytest -m proof --timeout=1800 --durations=10 --numprocesses=3 --dist=loadfile --no-loadscope-reorder \
	  $$(for name in $(MORE); do find tests -name "test_$$name.py"; done)

check: .venv/dev  ## lint, format, types and the direction of imports; changes nothing
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

proof: .venv/dev  ## prove every promise in full and print the figures: hours; goes on where it stopped; PART=name for one
	@.venv/bin/python benchmarks/proof.py $(PART)

fmt: .venv/dev  ## format the code and mend what can be mended without asking
	@.venv/bin/ruff check --fix-only --quiet
	@.venv/bin/ruff format

gallery: .venv/dev  ## take the pictures in docs/gallery anew, of every task type's page in a real Label Studio
	@HEADRACE_UPDATE_DOCS=1 .venv/bin/pytest tests/tasks/test_gallery.py

requirements: .venv/bin/python  ## pin the newest versions that fit into requirements/
	@$(COMPILE) --upgrade --extra synthetic --constraint requirements/constraints.in \
	  --output-file requirements/headrace.txt pyproject.toml
	@$(COMPILE) --upgrade --group dev --extra langid --extra ray --extra s3 --extra tokens \
	  --constraint requirements/headrace.txt --output-file requirements/dev.txt pyproject.toml
	@echo uv | $(COMPILE) --upgrade --output-file requirements/uv.txt -

clean:  ## remove what the other targets made in this folder, the demo and its labels too
	@if [ -e demo/project.toml ] && [ -x .venv/bin/headrace ]; then cd demo && ../.venv/bin/headrace down; fi
	@rm -rf .venv .uv demo proof dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find schemas tasks exports pipeline tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# The environment: one file stands for each layer that is complete, so a second `make` installs nothing.

.venv/bin/python:
	@for python in $(PYTHONS); do \
	  "$$python" -c '$(SUITABLE)' 2>/dev/null && break; python=; done; \
	[ -n "$$python" ] || { echo 'Python: expected 3.11, 3.12 or 3.13, found none among: $(PYTHONS);' \
	  'install one, or name it: make PYTHON=/path/to/python3.12' >&2; exit 1; }; \
	uv --version >/dev/null 2>&1 || { echo 'bringing uv into .uv' && "$$python" -m venv .uv && \
	  .uv/bin/pip install --quiet --require-hashes -r requirements/uv.txt; } || exit 1; \
	uv venv --quiet --allow-existing --python "$$("$$python" -c 'import sys; print(sys.executable)')" .venv

.venv/headrace: requirements/headrace.txt pyproject.toml | .venv/bin/python
	@echo 'installing headrace into .venv (about 270 MB to download, 900 MB on disk)'
	@$(INSTALL) --require-hashes -r requirements/headrace.txt
	@$(INSTALL) --no-deps --editable .
	@touch $@

.venv/dev: .venv/headrace requirements/dev.txt
	@echo 'installing the tools for tests and checks into .venv (about 90 MB to download, 270 MB on disk)'
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@
