#!/usr/bin/env bash
# Shows Lockstep at work without a key: builds it, starts a stand-in for the Vapi API on loopback, and syncs its 15 assistants
# into demo.db. Run it again at will: it replaces a demo.db of its own and refuses any other.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

bin=build/release/bin
database=demo.db
lunch_mob=7af394ba-09aa-4b08-82d6-d9aa24252b8d

build_program() {
  cmake --preset release >/dev/null
  local plugins
  mapfile -t plugins < <(ninja -C build/release -t targets all | sed -n 's/^\(plugin_[a-z0-9_]*\): phony$/\1/p')
  cmake --build --preset release --parallel "$jobs" --target lockstep_program lockstep_texts lockstep-sandbox "${plugins[@]}"
}

# A database that this script made carries a table that says so.
clear_database() {
  [[ -e $database ]] || return 0
  [[ $(sqlite3 "$database" "SELECT count(*) FROM sqlite_master WHERE name = 'made_by_demo'" 2>/dev/null) == 1 ]] ||
    fail "$database exists and was not made by this script: move it away first"
  rm -f "$database" "$database-journal" "$database-wal" "$database-shm"
}

start_sandbox() {
  scratch=$(mktemp -d)
  "$bin/lockstep-sandbox" --port-file "$scratch/port" >"$scratch/log" 2>&1 &
  sandbox=$!
  trap 'kill "$sandbox" 2>/dev/null || true; wait "$sandbox" 2>/dev/null || true; rm -rf "$scratch"' EXIT
  until [[ -s $scratch/port ]]; do
    kill -0 "$sandbox" 2>/dev/null || fail "The sandbox did not start: $(cat "$scratch/log")"
    sleep 0.1
  done
  local port
  port=$(<"$scratch/port")
  export VAPI_BASE_URL=http://127.0.0.1:$port VAPI_API_KEY=sandbox-key LOCKSTEP_DB=$database
}

# Prints a command as one would type it, and runs it.
show() {
  printf '\n$ lockstep %s\n' "$*"
  "$bin/lockstep" "$@"
}

add_users() {
  sqlite3 "$database" "CREATE TABLE made_by_demo (at TEXT DEFAULT CURRENT_TIMESTAMP);
    INSERT INTO users (name, email, role) VALUES ('Admin', 'admin@example.com', 'admin'), ('Ana', 'ana@example.com', 'user'),
      ('Bruno', 'bruno@example.com', 'user'), ('Keiko', 'keiko@example.com', 'user');"
}

edit_remotely() {
  curl -fsS -X POST -d "{\"id\": \"$lunch_mob\", \"set\": {\"firstMessage\": \"The Lunch Mob! Dumplings are back.\"}}" "$VAPI_BASE_URL/_sandbox/edit" >/dev/null
}

install_packages build demo
say "Building"
build_program
clear_database
start_sandbox

say "A new database: tables for users and assistants, and four users"
show migrate
add_users

say "First sync: all 15 assistants of the stand-in"
show assistants:sync

say "Second sync: nothing to do"
show assistants:sync

say "Somebody edits The Lunch Mob in the dashboard; a dry run shows what a sync would do"
edit_remotely
show assistants:sync --dry-run -v

cat <<END

== What next
The rows are in $database:
  sqlite3 $database 'SELECT id, user_id, name FROM assistants'
With a key of your own (look first, then write):
  export VAPI_API_KEY=...
  export LOCKSTEP_DB=lockstep.db
  $bin/lockstep migrate
  $bin/lockstep assistants:sync --dry-run
  $bin/lockstep assistants:sync
Owners are users whose e-mail equals an assistant's metadata.user_email, else the first user with the role admin: add one to the table users.
END
