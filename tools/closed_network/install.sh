#!/bin/sh
# Installs Mingjing beside this file, from this folder alone: needs Python 3.11, and nothing else. PYTHON names another one.
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-python3.11}
if ! "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))'; then
  echo "Python 3.11 with its venv module is needed, and $python is none. Name one: PYTHON=/path/to/python3.11 sh install.sh" >&2
  exit 2
fi
if ! "$python" -c 'import platform, sys
name, seen = platform.libc_ver()
sys.exit(name != "glibc" or tuple(map(int, seen.split(".")[:2])) < (2, 28))'; then
  echo "glibc 2.28 or newer is needed, as on Kylin V10, openEuler 20.03 or Debian 10; this system has $(ldd --version 2>&1 | head -n 1)." >&2
  exit 2
fi
if [ "$(df -Pk . | awk 'NR == 2 { print $4 }')" -lt 4000000 ]; then
  echo "4 GB of free disk are needed here, and there are $(df -Ph . | awk 'NR == 2 { print $4 }'). Unpack the archive on another disk." >&2
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
  .venv/bin/python -m pip install --quiet --no-compile -c source/constraints.txt -e 'source[dev]'
.venv/bin/python -m compileall -qq -j 0 .venv/lib || true # on all cores, as pip does not; some packages hold templates that are no Python
MINGJING_DELTA_JARS=$PWD/delta-jars .venv/bin/mingjing doctor || { echo "Installed, but something is missing: see above." >&2; exit 1; }
echo "Installed: $PWD/.venv/bin/mingjing. For the spark engine: export MINGJING_DELTA_JARS=$PWD/delta-jars"
