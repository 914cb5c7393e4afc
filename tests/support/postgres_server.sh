#!/usr/bin/env bash
# A PostgreSQL server of the Debian package for tests: in a folder of its own, on a socket there, without a network and without fsync. The
# folder is what libpq takes for a host. See database_server.sh for how it is called; besides
#
#   postgres_server.sh start FILE [OPTIONS [CERTIFICATES]]
#                                    OPTIONS ("-c NAME=VALUE …") win over those for speed; CERTIFICATES is a folder with server.crt and
#                                    server.key, for the port of the options on the loopback
#   postgres_server.sh pool FILE MODE
#                                    starts a PgBouncer before it (MODE: transaction, session), whose socket lies in FOLDER/MODE and which
#                                    ends with the server
set -euo pipefail

prefix=/tmp/lockstep-postgres.
account=postgres
package=postgresql
user=lockstep

binaries() {
  local newest
  newest=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
  if [[ -n $newest && -x $newest/initdb ]]; then
    echo "$newest"
  elif command -v initdb >/dev/null; then
    dirname "$(readlink -f "$(command -v initdb)")"
  fi
}

installed() { [[ -n $(binaries) ]]; }

end_server() {
  local pooler
  for pooler in "$1"/*/pgbouncer.pid; do
    [[ ! -f $pooler ]] || kill "$(<"$pooler")" 2>/dev/null || true
  done
  do_crash
}

do_crash() {
  as_other "$(binaries)/pg_ctl" stop --silent --mode immediate --pgdata data >/dev/null 2>&1 || true
}

do_restart() {
  as_other "$(binaries)/pg_ctl" start --silent --wait --timeout 60 --pgdata data --log data/server.log --options "$(<options)" \
    </dev/null || { cat data/server.log; return 1; }
}

do_pool() {
  # Clients of a transaction's connection share it; a session's is each client's own.
  local mode=$1 folder=$PWD size=1
  [[ $mode == transaction ]] || size=20
  mkdir -m 777 "$mode"
  cat >"$mode/pgbouncer.ini" <<INI
[databases]
* = host=$folder
[pgbouncer]
pool_mode = $mode
auth_type = trust
auth_file = $folder/$mode/users
unix_socket_dir = $folder/$mode
listen_port = 5432
pidfile = $folder/$mode/pgbouncer.pid
logfile = $folder/$mode/pgbouncer.log
ignore_startup_parameters = extra_float_digits
default_pool_size = $size
query_wait_timeout = 10
INI
  echo "\"$user\" \"\"" >"$mode/users"
  as_other pgbouncer --quiet --daemon "$mode/pgbouncer.ini" </dev/null
  # It goes into the background before it listens.
  for ((i = 0; i < 100; i++)); do
    [[ ! -S $mode/.s.PGSQL.5432 ]] || return 0
    sleep 0.1
  done
  return 1
}

run_server() {
  local bin secure=
  bin=$(binaries)
  as_other "$bin/initdb" --auth trust --no-sync --no-instructions --locale C.UTF-8 --encoding UTF8 --username "$user" \
    --pgdata data >initdb.log || { cat initdb.log; return 1; }
  if (($# > 2)); then
    cp "$3/server.crt" "$3/server.key" data
    ((EUID != 0)) || chown "$(as_other id -u):$(as_other id -g)" data/server.{crt,key}
    chmod 600 data/server.key
    secure="-c listen_addresses=127.0.0.1 -c ssl=on"
  fi
  echo "-k $1 -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off -c max_connections=200 $secure ${2-}" >options
  do_restart
  # Once for all: tests beside each other would make it at the same time.
  as_other "$bin/psql" --quiet --no-psqlrc --host "$1" --port "$(sed -n 4p data/postmaster.pid)" --username "$user" --dbname postgres \
    --command 'CREATE EXTENSION citext SCHEMA public' </dev/null
}

# shellcheck source=tests/support/database_server.sh
source "$(dirname "${BASH_SOURCE[0]}")/database_server.sh"
