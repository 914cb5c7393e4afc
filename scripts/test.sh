#!/usr/bin/env bash
# Installs what is missing, builds and runs every test: optimised, then with address and undefined-behaviour sanitizers; checks format,
# branch coverage of the decisions, and runs clang-tidy. LOCKSTEP_FAST=1 leaves out coverage, sanitizers and clang-tidy. Every step runs; the
# exit code says whether all of them passed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

failed=()
closing=()

# step NAME COMMAND...: runs it and remembers a failure.
step() {
  local name=$1
  shift
  say "$name"
  "$@" || failed+=("$name")
}

build() {
  cmake --preset "$1" && cmake --build --preset "$1" --parallel "$jobs"
}

# Keeps ctest's closing lines, from the count of passed tests on, to show them again at the very end.
run_tests() {
  local log=build/$1/ctest.log status=0
  ctest --preset "$1" --parallel "$jobs" --no-tests=error 2>&1 | tee "$log" || status=$?
  closing+=("[$1]" "$(sed -n '/tests passed/,$p' "$log")")
  return "$status"
}

build_and_test() {
  build "$1" && run_tests "$1"
}

check_format() {
  git ls-files -z '*.cpp' '*.h' | xargs -0 clang-format --dry-run -Werror
}

# The compilation database is that of the release build; -Wno-unknown-warning-option because it was written for GCC.
check_lint() {
  git ls-files -z 'core/*.cpp' 'plugins/*.cpp' |
    xargs -0 -n 1 -P "$jobs" clang-tidy --quiet -p build/release --extra-arg=-Wno-unknown-warning-option 2> >(grep -v -E '^[0-9]+ warnings? (generated|treated as)' >&2)
}

install_packages build test format
[[ ${LOCKSTEP_FAST:-} == 1 ]] || install_packages lint coverage

step "Format" check_format
step "Tests, optimised" build_and_test release
if [[ ${LOCKSTEP_FAST:-} != 1 ]]; then
  step "Branch coverage of the decisions" scripts/coverage.sh
  step "Tests with address and undefined-behaviour sanitizers" build_and_test dev
  step "clang-tidy" check_lint
fi

say "Result"
((${#closing[@]} == 0)) || printf '%s\n' "${closing[@]}"
((${#failed[@]} == 0)) || { printf 'FAILED: %s\n' "${failed[@]}"; exit 1; }
echo "All steps passed."
