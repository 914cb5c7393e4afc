#!/usr/bin/env bash
# A PostgreSQL server of the Debian package for tests: in a folder of its own, on a socket there, without a network and without fsync.
#
#   postgres_server.sh start FILE    starts one and writes into FILE the folder, which is also the host of the socket; the server ends
#                                    with the process that started it
#   postgres_server.sh stop FILE     stops it and removes the folder
#
# Without the package `start` says so and writes no FILE: tests are skipped then. PostgreSQL refuses to run as root, so root lends it to
# another user.
set -euo pipefail

file=$(realpath -m "$2")
prefix=/tmp/lockstep-postgres.
user=lockstep

# as_other COMMAND...: as a user that is not root.
as_other() {
  if ((EUID != 0)); then
    "$@"
  elif id -u postgres >/dev/null 2>&1; then
    setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"
  else
    setpriv --reuid=nobody --regid=nogroup --clear-groups -- "$@"
  fi
}

binaries() {
  local newest
  newest=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
  if [[ -n $newest && -x $newest/initdb ]]; then
    echo "$newest"
  elif command -v initdb >/dev/null; then
    dirname "$(readlink -f "$(command -v initdb)")"
  fi
}

stop() {
  local folder
  [[ -f $file ]] || return 0
  folder=$(<"$file")
  rm -f "$file"
  [[ $folder == "$prefix"* && -d $folder ]] || return 0
  cd "$folder"
  as_other "$(binaries)/pg_ctl" stop --silent --mode immediate --pgdata "$folder/data" >/dev/null 2>&1 || true
  rm -rf "$folder"
}

start() {
  local bin folder
  stop
  bin=$(binaries)
  if [[ -z $bin ]]; then
    echo "No PostgreSQL server is installed (Debian's package is postgresql): its tests are skipped."
    return 0
  fi
  folder=$(mktemp -d "${prefix}XXXXXX")
  ((EUID != 0)) || chown "$(as_other id -u):$(as_other id -g)" "$folder"
  cd "$folder"
  as_other "$bin/initdb" --auth trust --no-sync --no-instructions --locale C.UTF-8 --encoding UTF8 --username "$user" \
    --pgdata data >initdb.log || { cat initdb.log; return 1; }
  as_other "$bin/pg_ctl" start --silent --wait --timeout 60 --pgdata data --log "$folder/data/server.log" --options \
    "-k $folder -h '' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off -c max_connections=200" \
    </dev/null || { cat data/server.log; return 1; }
  # Once for all: tests beside each other would make it at the same time.
  as_other "$bin/psql" --quiet --no-psqlrc --host "$folder" --username "$user" --dbname postgres \
    --command 'CREATE EXTENSION citext SCHEMA public' </dev/null
  echo "$folder" >"$file.new"
  mv "$file.new" "$file"
  watch_over "$PPID" "$folder" </dev/null >/dev/null 2>&1 &
}

# Ends the server when nobody is left to do so. What was stopped in time is not there any more.
watch_over() {
  while kill -0 "$1" 2>/dev/null && [[ -d $2 ]]; do sleep 2; done
  [[ ! -f $file || $(<"$file") != "$2" ]] || stop
}

case $1 in
  start) start ;;
  stop) stop ;;
  *) exit 64 ;;
esac
