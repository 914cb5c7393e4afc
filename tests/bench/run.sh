#!/usr/bin/env bash
# Builds the release preset and compares lockstep with the native yardstick; see compare.cpp for what is measured.
# Options go to bench_compare, as in: tests/bench/run.sh --rounds 15 --most-import 2 --most-unchanged 2.5 --most-mebibytes 64
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cmake --preset release >/dev/null
cmake --build --preset release >/dev/null
bin=build/release/bin
exec "$bin/bench_compare" --native "$bin/bench_native" --program "$bin/lockstep" --sandbox "$bin/lockstep-sandbox" --config config/lockstep.yaml "$@"
