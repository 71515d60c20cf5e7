#!/usr/bin/env bash
# Hold the golden hashes against an emulated 64-bit Arm processor (Debian or Ubuntu host; root once, for qemu).
#   check_aarch64.sh [FAMILY ...]      (all, or those of FAMILIES in compute.py; a line and the seconds for each as it ends)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONPATH="$here/../.." STATSIM_CACHE_DIR="${AARCH64_HOME:-$HOME/.cache/statsim-aarch64}/kernels"
EXTRA="pyarrow==26.0.1 narwhals==2.29.0" exec bash "$here/run-aarch64" "$here/compute.py" --check "$@"
