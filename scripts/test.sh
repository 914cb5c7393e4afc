#!/usr/bin/env bash
# Installs what is missing, builds and runs every test: optimised, then with address and undefined-behaviour sanitizers, and those that have
# threads with the thread sanitizer (of scenarios, histories and kills every fifth, and not the page in its browser); checks format, branch
# coverage of the decisions, and runs clang-tidy. LOCKSTEP_FAST=1 leaves out coverage, sanitizers and clang-tidy. LOCKSTEP_LONG=1 adds what takes hours:
# every instant of the crash matrices, 10,000 random histories, each source compiled by itself. Every step runs; the exit code says whether
# all of them passed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The tests read it too; those of the steps that are always taken must not.
long=${LOCKSTEP_LONG:-}
unset LOCKSTEP_LONG
# Longer than any part of the tests takes on a busy machine.
shard_minutes=25

# Where the system keeps a folder in memory with enough room, the tests' files and databases lie there: it is not the disk that is tested.
in_memory=/dev/shm
if [[ -d $in_memory && -w $in_memory && $(df --output=avail -k "$in_memory" | tail -n 1) -gt 4000000 ]]; then
  TMPDIR=$(mktemp -d "$in_memory/lockstep-tests-XXXXXX")
  # Servers write there as somebody else.
  chmod 1777 "$TMPDIR"
  export TMPDIR
  trap 'rm -rf "$TMPDIR"' EXIT
fi

# What failed tests said.
mkdir -p build
troubles=build/troubles.log
: >"$troubles"
failed=()
closing=()
took=()

# step NAME COMMAND...: runs it and remembers a failure.
step() {
  local name=$1 start=$SECONDS
  shift
  say "$name"
  "$@" || failed+=("$name")
  took+=("$(printf '%5d s  %s' $((SECONDS - start)) "$name")")
}

build() {
  cmake --preset "$1" && cmake --build --preset "$1" --parallel "$jobs"
}

# Keeps what failed tests said, without those that passed in the same process, and ctest's closing lines, to show them again at the very end.
# Two tests for each processor: some of them wait.
run_tests() {
  local log=build/$1/ctest.log status=0
  ctest --preset "$1" --parallel $((jobs * 2)) --no-tests=error 2>&1 | tee "$log" || status=$?
  ((status == 0)) || sed '/^\[ RUN  /{N;/\n\[       OK/d}' "$log" | grep -E -A 60 '\*\*\*(Failed|Timeout|Exception)|^\[  FAILED|ERROR: |: Failure$' |
    head -n 300 >>"$troubles" || true
  closing+=("[$1]" "$(sed -n '/tests passed/,$p' "$log" | grep -v '(Skipped)$')")
  return "$status"
}

build_and_test() {
  build "$1" && run_tests "$1"
}

# shard INDEX BINARY FILTER: one part of its tests. Shows how it went, and of a failure or a test that does not end all that it said last.
shard() {
  local log=$2.shard$1.log status=0
  GTEST_TOTAL_SHARDS=$jobs GTEST_SHARD_INDEX=$1 GTEST_FILTER=$3 timeout -k 10 "$shard_minutes"m "$2" >"$log" 2>&1 || status=$?
  grep '^\[==========\] .* ran\.' "$log" || true
  ((status == 0)) && return
  ((status != 124)) || printf 'not done after %s minutes\n' "$shard_minutes"
  grep -A 200 'Failure\|WARNING: \|ERROR: ' "$log" | head -n 1000 || true
  tail -n 50 "$log" | tee -a "$troubles"
  return "$status"
}

# in_shards BINARY FILTER: its tests on every processor.
in_shards() {
  local index status=0 shards=()
  for ((index = 0; index < jobs; ++index)); do
    shard "$index" "$1" "$2" &
    shards+=($!)
  done
  for index in "${shards[@]}"; do wait "$index" || status=$?; done
  return "$status"
}

check_instants() {
  local shard_minutes=1440
  LOCKSTEP_LONG=1 LOCKSTEP_HISTORIES=${LOCKSTEP_HISTORIES:-10000} in_shards build/release/bin/scenarios_test '*Kill*:*AroundEveryCommit*:*ServerCrash*:*TwoSidedHistories*'
}

# A unity build hides a missing #include behind that of another source.
check_sources() {
  cmake --preset release -B build/single -DCMAKE_UNITY_BUILD=OFF && cmake --build build/single --parallel "$jobs"
}

# Client, providers and stores by the tests of their floors, whole runs (reader, senders and writer side by side) by random histories, what a
# server does side by side by the tests of sessions and jobs, of the web server and of the service.
check_threads() {
  local floors=(http rest sqlite state operations web serve scenarios) floor
  local -A only=([operations]='Session*:Jobs*' [scenarios]='Sqlite/TwoSidedHistories*')
  cmake --preset tsan && cmake --build --preset tsan --parallel "$jobs" --target "${floors[@]/%/_test}" || return
  for floor in "${floors[@]}"; do
    TSAN_OPTIONS="suppressions=$root/tests/thread_sanitizer.supp" in_shards "build/tsan/bin/${floor}_test" "${only[$floor]:-*}" || return
  done
}

# Its output is shown where it fails.
check_demos() {
  local kind log=build/demo.log status=0
  for kind in sqlite postgresql mysql; do
    scripts/demo.sh "$kind" >"$log" 2>&1 && grep -q '15 synced (15 created' "$log" && continue
    printf 'scripts/demo.sh %s\n' "$kind"
    cat "$log"
    status=1
  done
  return "$status"
}

check_format() {
  git ls-files -z '*.cpp' '*.h' | xargs -0 clang-format --dry-run -Werror
}

# What the release build compiles of the repository, eight sources at a time. -Wno-unknown-warning-option because its commands were written
# for GCC.
check_lint() {
  sed -n -E 's,.*"file": "(.*)".*,\1,p' build/release/compile_commands.json |
    grep -E "^$root/(build/release/)?(core|plugins)/" | grep -v -E '/(starter_files|page_files)\.cpp$' |
    xargs -d '\n' -n 1 -P "$jobs" clang-tidy --quiet -p build/release --extra-arg=-Wno-unknown-warning-option 2> >(grep -v -E '^[0-9]+ warnings? (generated|treated as)' >&2)
}

install_packages build test format
[[ ${LOCKSTEP_FAST:-} == 1 ]] || install_packages lint coverage

step "Format" check_format
step "Tests, optimised" build_and_test release
step "The demo on each database" check_demos
if [[ ${LOCKSTEP_FAST:-} != 1 ]]; then
  step "Branch coverage of the decisions" scripts/coverage.sh
  step "Tests with address and undefined-behaviour sanitizers" build_and_test dev
  step "Tests with the thread sanitizer" check_threads
  step "clang-tidy" check_lint
fi
if [[ $long == 1 ]]; then
  step "Every instant of the crash matrices, many histories" check_instants
  step "Each source by itself" check_sources
fi

say "Result"
cat "$troubles"
((${#closing[@]} == 0)) || printf '%s\n' "${closing[@]}"
printf '%s\n' "${took[@]}"
((${#failed[@]} == 0)) || { printf 'FAILED: %s\n' "${failed[@]}"; exit 1; }
echo "All steps passed."
