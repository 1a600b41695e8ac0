# `make run` starts Sidestage, `make test` checks everything, `make check` checks what takes less than a minute.
# PYTHON=python3.12 names another Python; everything that is installed stays inside this folder.

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
NODE := sh .ci/node.sh $(VENV)
LIT := plugin/web/static/vendor/lit.js
COMPILE := $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11

.PHONY: run test check soak bench panel lock format clean
.NOTPARALLEL:

run: $(VENV)/.runtime $(LIT)
	@exec env SIDESTAGE_DEMO="$${SIDESTAGE_DEMO-true}" $(PY) -m plugin run

test: $(VENV)/.tests node_modules/.tests $(LIT)
	@exec $(PY) -m tests.everything test

check: $(VENV)/.tests node_modules/.tests $(LIT)
	@exec $(PY) -m tests.everything check

soak: $(VENV)/.tests node_modules/.tests $(LIT)
	@exec $(PY) -m pytest -m soak --timeout 3600

bench: $(VENV)/.tests $(LIT)
	@exec $(PY) -m pytest tests/benchmarks -m "soak or not soak" -s --timeout 3600

panel: $(LIT)

# After a change of the dependencies in pyproject.toml or package.json. `make lock UPGRADE=--upgrade` takes the newest.
lock: $(VENV)/.tests
	$(COMPILE) $(UPGRADE) --extra postgres pyproject.toml -o requirements.txt
	$(COMPILE) $(UPGRADE) --extra postgres --extra test -c requirements.txt pyproject.toml -o requirements-dev.txt
	$(COMPILE) $(UPGRADE) --group node -o requirements-node.txt
	$(NODE) npm install --package-lock-only

format: $(VENV)/.tests
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

clean:
	rm -rf $(VENV) node_modules plugin/web/static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(PY):
	@sh .ci/venv.sh $(VENV)

$(VENV)/.runtime: requirements.txt | $(PY)
	@echo "Installing Python packages (about a minute the first time)"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.tests: requirements-dev.txt | $(PY)
	@echo "Installing Python packages for the tests (a minute or two the first time)"
	@$(PIP) -r requirements-dev.txt
	@touch $(VENV)/.runtime $@

node_modules/.runtime: package-lock.json | $(PY)
	@echo "Installing npm packages"
	@$(NODE) npm ci --silent --omit=dev
	@touch $@

node_modules/.tests: package-lock.json | $(PY)
	@echo "Installing npm packages for the tests"
	@$(NODE) npm ci --silent
	@touch node_modules/.runtime $@

$(LIT): package-lock.json .ci/panel/lit.js .ci/panel/bundle.mjs | node_modules/.runtime
	@echo "Bundling Lit"
	@mkdir -p $(@D)
	@$(NODE) node .ci/panel/bundle.mjs $@
