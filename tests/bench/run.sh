#!/usr/bin/env bash
# Builds the release preset and measures: `run.sh [import]` compares imports with the native yardstick (compare.cpp), `run.sh both-ways`
# runs of both directions with what the wire allows (both_ways.cpp), `run.sh hook` calls of hooks (hook/hook.cpp). Options go to the program:
# tests/bench/run.sh import --rounds 15 --most-import 2 --most-unchanged 2.5 --most-mebibytes 64
# tests/bench/run.sh both-ways --most-full 1.5 --most-export 1.15
# `run.sh databases` measures PostgreSQL and MariaDB servers that it starts (databases.cpp), on a machine that does nothing else:
# tests/bench/run.sh databases --most-import 1.5 --most-unchanged 1.5
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
what=import
case ${1:-} in
  import | both-ways | hook | databases)
    what=$1
    shift
    ;;
esac
cmake --preset release >/dev/null
cmake --build --preset release >/dev/null
bin=build/release/bin
common=(--program "$bin/lockstep" --sandbox "$bin/lockstep-sandbox" --config config/lockstep.yaml)
case $what in
  import) exec "$bin/bench_compare" --native "$bin/bench_native" "${common[@]}" "$@" ;;
  databases) exec "$bin/bench_databases" --native-copy "$bin/bench_native_copy" --native-arrays "$bin/bench_native_arrays" "$@" ;;
  hook) exec "$bin/bench_hook" --assistants scripts/assistants.lua "$@" ;;
  both-ways) exec "$bin/bench_both_ways" "${common[@]}" "$@" ;;
esac
