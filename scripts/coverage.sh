#!/usr/bin/env bash
# Branch coverage of the decisions and of the merge by their own tests: every branch must be taken both ways; else it prints those that are
# not, and fails. Compiled by clang, which counts the branches of the source; GCC also counts those of exceptions that nothing throws.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

measured=(core/engine/decide/decide*.cpp core/engine/decide/merge*.cpp)
# Without the tests that draw at random: what they reach by luck does not count.
mapfile -t tests < <(printf '%s\n' tests/engine/decide_*.cpp tests/engine/{plan,rollback}_test.cpp | grep -v _property_)
work=build/coverage

# compile SOURCE FLAGS...: its object goes into $work. It names its source relative to the repository, so that ccache may hand it to any clone.
compile() {
  local source=$1
  shift
  ccache clang++ -std=c++20 -O0 -g1 -ffile-compilation-dir=. -Icore -Itests "$@" -c "$source" -o "$work/$(basename "$source" .cpp).o"
}

install_packages build coverage
mkdir -p "$work"
rm -f "$work"/*.o

say "Building"
cmake --preset release >/dev/null
cmake --build --preset release --parallel "$jobs" --target lockstep_engine >/dev/null
for source in "${measured[@]}"; do compile "$source" -fprofile-instr-generate -fcoverage-mapping; done
for source in "${tests[@]}"; do compile "$source"; done
clang++ -fprofile-instr-generate "$work"/*.o build/release/core/liblockstep_{engine,state,mapping}.a -Lbuild/release/lib -llockstep \
  -Wl,-rpath,"$root/build/release/lib" -lPocoFoundation -lcrypto -lyaml-cpp -lsimdjson -lxxhash -lutf8proc -lzstd -ldate-tz -lgtest -lgtest_main -o "$work/decide_test"

say "Running"
LLVM_PROFILE_FILE=$work/decide.profraw "$work/decide_test" --gtest_brief=1
llvm-profdata merge "$work/decide.profraw" -o "$work/decide.profdata"

say "Result"
llvm-cov export "$work/decide_test" -instr-profile="$work/decide.profdata" -format=lcov --compilation-dir="$root" "${measured[@]}" >"$work/decide.lcov"
# BRDA:line,block,branch,count: a count of 0 or "-" is a branch that was never taken.
awk -F'[:,]' -v root="$root/" '/^SF:/ { file = substr($2, length(root) + 1) } /^BRDA:/ { all++; if ($5 == 0 || $5 == "-") { missed++; print file ":" $2 ": branch " $4 " is never taken" } }
  END { printf "%d of %d branches taken\n", all - missed, all; exit missed > 0 || all == 0 }' "$work/decide.lcov"
