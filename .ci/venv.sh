#!/bin/sh
# venv.sh FOLDER: makes a virtual environment with Python 3.11 or newer, or says in one sentence what is missing.
set -eu
folder=$1

for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done

if [ -z "${python:-}" ]; then
    found=$("${PYTHON:-python3}" --version 2>/dev/null || echo "no python3")
    echo "Sidestage needs Python 3.11 or newer, and this machine has ${found}: install a newer one, or name it with PYTHON=..." >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "Python's venv module is missing: as root, run \`apt-get install python3-venv\`, then try again." >&2
    exit 1
fi
rm -rf "$folder"
"$python" -m venv "$folder"
