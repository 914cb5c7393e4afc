#!/usr/bin/env bash
# Shows Lockstep at work without a key: builds it, starts a stand-in for the Vapi API on loopback, and syncs its 15 assistants into demo.db.
# Run it again at will: it replaces a demo.db of its own and refuses any other. `demo.sh postgresql` and `demo.sh mysql` show the same on a
# server of Debian's package (of MariaDB for mysql), which they start in a folder of its own and which ends with them.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

kind=${1:-sqlite}
case $kind in
  sqlite) packages=demo ;;
  postgresql | mysql) packages=demo-$kind ;;
  *) fail "usage: scripts/demo.sh [sqlite|postgresql|mysql]" ;;
esac
bin=build/release/bin
database=demo.db
lunch_mob=7af394ba-09aa-4b08-82d6-d9aa24252b8d

build_program() {
  cmake --preset release >/dev/null
  local plugins
  mapfile -t plugins < <(ninja -C build/release -t targets all | sed -n 's/^\(plugin_[a-z0-9_]*\): phony$/\1/p')
  cmake --build --preset release --parallel "$jobs" --target lockstep_program lockstep_texts lockstep-sandbox "${plugins[@]}"
}

# sql STATEMENTS: run by the application's side.
sql() {
  case $kind in
    sqlite) sqlite3 "$database" "$1" ;;
    postgresql) psql --quiet --no-psqlrc --host "$server" --username lockstep --dbname demo --tuples-only --no-align --command "$1" ;;
    mysql) mariadb --no-defaults --socket "$server/s" --user lockstep --skip-column-names --execute "$1" demo ;;
  esac
}

# A database that this script made carries a table that says so.
clear_file() {
  [[ -e $database ]] || return 0
  [[ $(sql "SELECT count(*) FROM sqlite_master WHERE name = 'made_by_demo'" 2>/dev/null) == 1 ]] ||
    fail "$database exists and was not made by this script: move it away first"
  rm -f "$database" "$database-journal" "$database-wal" "$database-shm"
}

# A server in a folder of its own, which ends with this script.
start_server() {
  local name=postgres
  [[ $kind == postgresql ]] || name=mariadb
  server_script=tests/support/${name}_server.sh
  "$server_script" start "$scratch/server"
  [[ -s $scratch/server ]] || fail "Without the server's package there is nothing to show."
  server=$(<"$scratch/server")
  if [[ $kind == postgresql ]]; then
    psql --quiet --no-psqlrc --host "$server" --username lockstep --dbname postgres --command 'CREATE DATABASE demo'
    export LOCKSTEP_STORE="postgresql://lockstep@/demo?host=$server"
  else
    mariadb --no-defaults --socket "$server/s" --user lockstep --execute 'CREATE DATABASE demo CHARACTER SET utf8mb4'
    export LOCKSTEP_STORE="mysql://lockstep@/demo?socket=$server/s"
  fi
}

make_database() {
  case $kind in
    sqlite)
      clear_file
      unset LOCKSTEP_STORE
      export LOCKSTEP_DB=$database
      ;;
    *) start_server ;;
  esac
}

clean_up() {
  [[ -z ${sandbox:-} ]] || { kill "$sandbox" 2>/dev/null || true; wait "$sandbox" 2>/dev/null || true; }
  [[ -z ${server_script:-} ]] || "$server_script" stop "$scratch/server" || true
  rm -rf "$scratch"
}

start_sandbox() {
  "$bin/lockstep-sandbox" --port-file "$scratch/port" >"$scratch/log" 2>&1 &
  sandbox=$!
  until [[ -s $scratch/port ]]; do
    kill -0 "$sandbox" 2>/dev/null || fail "The sandbox did not start: $(cat "$scratch/log")"
    sleep 0.1
  done
  local port
  port=$(<"$scratch/port")
  export VAPI_BASE_URL=http://127.0.0.1:$port VAPI_API_KEY=sandbox-key
}

# Prints a command as one would type it, and runs it.
show() {
  printf '\n$ lockstep %s\n' "$*"
  "$bin/lockstep" "$@"
}

add_users() {
  [[ $kind != sqlite ]] || sql "CREATE TABLE made_by_demo (at TEXT DEFAULT CURRENT_TIMESTAMP)"
  sql "INSERT INTO users (name, email, role) VALUES ('Admin', 'admin@example.com', 'admin'), ('Ana', 'ana@example.com', 'user'),
      ('Bruno', 'bruno@example.com', 'user'), ('Keiko', 'keiko@example.com', 'user');"
}

edit_remotely() {
  curl -fsS -X POST -d "{\"id\": \"$lunch_mob\", \"set\": {\"firstMessage\": \"The Lunch Mob! Dumplings are back.\"}}" "$VAPI_BASE_URL/_sandbox/edit" >/dev/null
}

install_packages build "$packages"
scratch=$(mktemp -d)
trap clean_up EXIT
say "Building"
build_program
make_database
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

say "What next"
if [[ $kind == sqlite ]]; then
  cat <<END
The rows are in $database:
  sqlite3 $database 'SELECT id, user_id, name FROM assistants'
With a key of your own (look first, then write):
  export VAPI_API_KEY=...
  export LOCKSTEP_DB=lockstep.db
END
else
  echo "The rows are in the table assistants, and end with this script's server; here are three of them:"
  sql "SELECT id, user_id, name FROM assistants ORDER BY id LIMIT 3"
  cat <<END
With a key and a database of your own (look first, then write; README.md, "Bring your own database"):
  export VAPI_API_KEY=...
  export LOCKSTEP_STORE=$kind://USER:PASSWORD@HOST/DATABASE
  $bin/lockstep check
END
fi
cat <<END
  $bin/lockstep migrate
  $bin/lockstep assistants:sync --dry-run
  $bin/lockstep assistants:sync
Owners are users whose e-mail equals an assistant's metadata.user_email, else the first user with the role admin: add one to the table users.
END
