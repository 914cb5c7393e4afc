#!/usr/bin/env bash
# A MariaDB server of the Debian package for tests: in a folder of its own, on the socket s there, without a network and without fsync. Its
# defaults are what old installations have: no strict mode, latin1, a time zone that is not UTC.
# See database_server.sh for how it is called.
set -euo pipefail

prefix=/tmp/lockstep-mariadb.
account=mysql
package=mariadb-server
user=lockstep

binary() { PATH=$PATH:/usr/sbin command -v "$1"; }

installed() { [[ -n $(binary mariadbd) && -n $(binary mariadb-install-db) ]]; }

end_server() { do_crash; }

do_crash() {
  local server
  server=$(<server.pid)
  # It may have ended by itself.
  as_other kill -KILL "$server" 2>/dev/null || true
  # The folder is removed next, or started in again.
  for ((i = 0; i < 100; i++)); do
    kill -0 "$server" 2>/dev/null || return 0
    sleep 0.05
  done
}

client() { as_other "$(binary mariadb)" --no-defaults --socket s "$@" </dev/null; }

do_restart() {
  local folder=$PWD server options
  mapfile -t options <options
  rm -f server.pid
  as_other "$(binary mariadbd)" --no-defaults "--datadir=$folder/data" "--tmpdir=$folder" "--socket=$folder/s" "--pid-file=$folder/server.pid" \
    --skip-networking --skip-log-bin --performance-schema=off --innodb-flush-method=nosync --innodb-flush-log-at-trx-commit=0 \
    --innodb-log-file-size=8M --innodb-buffer-pool-size=64M --max-connections=300 --sql-mode= --character-set-server=latin1 \
    --collation-server=latin1_swedish_ci --default-time-zone=-05:00 "${options[@]}" </dev/null >>server.log 2>&1 &
  server=$!
  for ((i = 0; i < 1200; i++)); do
    if [[ -f server.pid ]] && client --user root --execute 'SELECT 1' >/dev/null 2>&1; then return 0; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.05
  done
  cat server.log
  return 1
}

run_server() {
  # Where servers share a folder for temporary tables, one that starts removes those of the others.
  TMPDIR=$1 as_other "$(binary mariadb-install-db)" --no-defaults "--datadir=$1/data" --auth-root-authentication-method=normal --skip-test-db \
    --innodb-log-file-size=8M >install.log 2>&1 || { cat install.log; return 1; }
  printf '%s\n' "${@:2}" >options
  (($# > 1)) || : >options
  do_restart
  client --user root --execute "CREATE USER $user@localhost; GRANT ALL ON *.* TO $user@localhost WITH GRANT OPTION" || { cat server.log; return 1; }
}

# shellcheck source=tests/support/database_server.sh
source "$(dirname "${BASH_SOURCE[0]}")/database_server.sh"
