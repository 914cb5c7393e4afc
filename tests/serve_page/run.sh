#!/usr/bin/env bash
# The page of `lockstep serve` in a real browser, as somebody uses it: a new configuration, the sandbox in place of Vapi, a server, Chromium.
# usage: run.sh BIN [FOLDER]   BIN: where lockstep and lockstep-sandbox are; FOLDER: for node's packages, screenshots and logs
# Ends with 77, which ctest takes for skipped, where Chromium or npm (which comes with Node.js, or as a package of its own) is missing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=$(cd "$1" && pwd)
folder=${2:-$(mktemp -d)}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
chromium=$(command -v chromium || command -v chromium-browser || true)

skip() {
  printf 'Skipped: %s\n' "$*"
  exit 77
}

[[ -n $chromium ]] || skip "there is no chromium (package chromium)"
for program in node npm sqlite3; do
  command -v "$program" >/dev/null || skip "there is no $program"
done

# The packages of package-lock.json, once.
modules() {
  cmp -s "$here/package-lock.json" "$folder/package-lock.json" && [[ -d $folder/node_modules ]] && return
  cp "$here/package.json" "$here/package-lock.json" "$folder"
  if ! (cd "$folder" && npm ci --no-audit --no-fund --ignore-scripts >npm.log 2>&1); then
    rm -f "$folder/package-lock.json"
    grep -Eq 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH' "$folder/npm.log" && skip "the package registry cannot be reached"
    cat "$folder/npm.log"
    exit 1
  fi
}

started=()
# shellcheck disable=SC2317
stop_all() {
  for ((i = ${#started[@]} - 1; i >= 0; --i)); do
    kill "${started[i]}" 2>/dev/null || true
    wait "${started[i]}" 2>/dev/null || true
  done
  rm -rf "$work"
}

await() {
  for ((i = 0; i < 200; ++i)); do
    "$@" && return
    sleep 0.05
  done
  printf 'Waited in vain: %s\n' "$*"
  cat "$work"/*.log
  exit 1
}

modules
work=$(mktemp -d)
trap stop_all EXIT
cd "$work"
"$bin/lockstep-sandbox" --port-file port >sandbox.log 2>&1 &
started+=($!)
await test -s port
VAPI_BASE_URL=http://127.0.0.1:$(<port)
export VAPI_BASE_URL VAPI_API_KEY=sandbox-key OPENAI_BASE_URL=$VAPI_BASE_URL/openai/v1 OPENAI_API_KEY=sandbox-key
export LOCKSTEP_DB=$work/app/demo.db

"$bin/lockstep" init app >init.log
cd app
"$bin/lockstep" migrate >migrate.log
sqlite3 demo.db "INSERT INTO users (name, email, role) VALUES ('Admin', 'admin@example.com', 'admin')"
# Assistants are edited on both sides here, and people decide.
sed -i '/^  assistants:/,/^  phone-numbers:/{s/on_conflict: .*/on_conflict: manual/;s/local_edits: .*/local_edits: keep/}' config/lockstep.yaml
# Once a year, that is not while this runs.
sed -i '/^  agents:/a\    schedule: {run: import, cron: "30 4 1 1 *", timezone: Europe/Berlin}' config/lockstep.yaml
# Nobody listens there.
printf 'alerts: {ops: {form: webhook, url: "http://127.0.0.1:9/hook"}}\n' >>config/lockstep.yaml
printf 'serve:\n  listen: 127.0.0.1:0\n' >>config/lockstep.yaml
token() { "$bin/lockstep" token create "$1" --scope "$2" 2>/dev/null | head -1; }
ADMIN=$(token ada admin) READER=$(token rita read) PLANNER=$(token paul plan) VISITOR=$(token vera write)
export ADMIN READER PLANNER VISITOR
"$bin/lockstep" serve >../serve.out 2>../serve.log &
started+=($!)
await grep -q Listening ../serve.out
URL=$(sed 's/Listening on //' ../serve.out)
export URL CHROMIUM=$chromium SHOTS=$folder/shots CONFIGURATION=$work/app/config/lockstep.yaml

# Node takes *.js for modules where a package.json says so.
mkdir -p "$folder/page" "$SHOTS"
cp "$here"/../../core/serve/page/*.js "$folder/page"
printf '{"type": "module"}\n' >"$folder/page/package.json"
cp "$here"/*.mjs "$folder"
cd "$folder"
node diff_test.mjs
node openapi_test.mjs
node page_test.mjs || {
  tail -30 "$work/serve.log"
  exit 1
}
