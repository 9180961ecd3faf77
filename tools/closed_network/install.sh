#!/bin/sh
# Installs Mingjing beside this file, from this folder alone: needs Python 3.11, and nothing else. PYTHON names another one.
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-python3.11}
if ! "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))'; then
  echo "Python 3.11 with its venv module is needed, and $python is none. Name one: PYTHON=/path/to/python3.11 sh install.sh" >&2
  exit 2
fi
arch=$(uname -m)
if ! [ -d "wheels/$arch" ]; then
  echo "This archive is not for $arch. It holds: $(ls wheels)" >&2
  exit 2
fi
if ! sha256sum --check --quiet SHA256SUMS; then
  echo "This archive is not what was packed: see the files above. Bring it over again. Nothing was installed." >&2
  exit 2
fi
rm -rf .venv
"$python" -m venv .venv
PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1 PIP_FIND_LINKS="wheels/any wheels/$arch" PIP_DISABLE_PIP_VERSION_CHECK=1 \
  .venv/bin/python -m pip install --quiet -c source/constraints.txt -e 'source[dev]'
.venv/bin/mingjing doctor || { echo "Installed, but something is missing: see above." >&2; exit 1; }
echo "Installed: $PWD/.venv/bin/mingjing. For the spark engine: export MINGJING_DELTA_JARS=$PWD/delta-jars"
