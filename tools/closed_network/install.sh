#!/bin/sh
# Installs Mingjing beside this file, from this folder alone: needs Python 3.11, and nothing else. PYTHON names another one.
# MINGJING_SIGNER names the maker's public key, got by another way than this archive: then openssl is needed, too.
set -eu
signer=${MINGJING_SIGNER:-}
case "$signer" in "" | /*) ;; *) signer=$PWD/$signer ;; esac
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
if [ -n "$signer" ]; then
  if ! command -v openssl > /dev/null; then
    echo "openssl is needed to look at the signature. Bring it, or verify SHA256SUMS.sig on another machine. Nothing was installed." >&2
    exit 2
  fi
  if ! openssl dgst -sha256 -verify "$signer" -signature SHA256SUMS.sig SHA256SUMS > /dev/null; then
    echo "This archive is not signed with the key that belongs to $signer. Ask its maker. Nothing was installed." >&2
    exit 2
  fi
elif [ -f SHA256SUMS.sig ]; then
  echo "The archive is signed, and nobody looked at it: MINGJING_SIGNER names no public key." >&2
fi
if ! sha256sum --check --quiet SHA256SUMS; then
  echo "This archive is not what was packed: see the files above. Bring it over again. Nothing was installed." >&2
  exit 2
fi
added=$(find source wheels delta-jars site -type f | while read -r file; do grep -qF "  $file" SHA256SUMS || echo "$file"; done)
if [ -n "$added" ]; then
  echo "This folder holds files that were not packed: $(echo "$added" | head -n 3) … Unpack the archive anew. Nothing was installed." >&2
  exit 2
fi
rm -rf .venv
"$python" -m venv .venv
export PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1 PIP_FIND_LINKS="wheels/any wheels/$arch" PIP_DISABLE_PIP_VERSION_CHECK=1
.venv/bin/python -m pip install --quiet --no-compile --no-deps --require-hashes -r requirements.txt
.venv/bin/python -m pip install --quiet --no-compile --no-deps --no-build-isolation -e source
.venv/bin/python -m pip check
.venv/bin/python -m compileall -qq -j 0 .venv/lib || true # on all cores, as pip does not; some packages hold templates that are no Python
MINGJING_DELTA_JARS=$PWD/delta-jars .venv/bin/mingjing doctor || { echo "Installed, but something is missing: see above." >&2; exit 1; }
echo "Installed: $PWD/.venv/bin/mingjing. For the spark engine: export MINGJING_DELTA_JARS=$PWD/delta-jars"
