# shellcheck shell=bash
# Shared by the scripts that start a database server for tests; meant to be sourced by one that is called as
#
#   NAME_server.sh start FILE [OPTION…]   starts one and writes into FILE the folder in which its socket is; the server ends with the process
#                                         that started it. OPTIONs are the server's, and win over those that it is given here
#   NAME_server.sh stop FILE              stops it and removes the folder
#   NAME_server.sh crash FILE             ends it as a machine without power does
#   NAME_server.sh restart FILE           starts it again, with the same options
#   NAME_server.sh VERB FILE [MORE…]      calls its function do_VERB in the folder
#
# It sets `prefix` (of the folder), `account` (of the system, for root to lend the server to, as the servers refuse to run as root) and the
# functions installed (is there such a server), run_server FOLDER OPTION… (sets it up and starts it) and end_server FOLDER. Without the package `start`
# says so and writes no FILE: tests are skipped then.
: "${prefix:?}" "${account:?}" "${package:?}"

# as_other COMMAND...: as a user that is not root.
as_other() {
  if ((EUID != 0)); then
    "$@"
  elif id -u "$account" >/dev/null 2>&1; then
    setpriv --reuid="$account" --regid="$account" --clear-groups -- "$@"
  else
    setpriv --reuid=nobody --regid=nogroup --clear-groups -- "$@"
  fi
}

stop() {
  local folder
  [[ -f $file ]] || return 0
  folder=$(<"$file")
  rm -f "$file"
  [[ $folder == "$prefix"* && -d $folder ]] || return 0
  cd "$folder" || return
  end_server "$folder" >/dev/null 2>&1 || true
  cd /
  rm -rf "$folder"
}

start() {
  local folder
  stop
  if ! installed; then
    echo "No such server is installed (Debian's package is $package): its tests are skipped."
    return 0
  fi
  folder=$(mktemp -d "${prefix}XXXXXX")
  ((EUID != 0)) || chown "$(as_other id -u):$(as_other id -g)" "$folder"
  cd "$folder" || return
  if ! run_server "$folder" "$@"; then
    end_server "$folder" >/dev/null 2>&1 || true
    cd /
    rm -rf "$folder"
    return 1
  fi
  echo "$folder" >"$file.new"
  mv "$file.new" "$file"
  watch_over "$PPID" "$folder" </dev/null >/dev/null 2>&1 &
}

# Ends the server when nobody is left to do so. What was stopped in time is not there any more.
watch_over() {
  while kill -0 "$1" 2>/dev/null && [[ -d $2 ]]; do sleep 2; done
  [[ ! -f $file || $(<"$file") != "$2" ]] || stop
}

file=$(realpath -m "$2")
case $1 in
  start) start "${@:3}" ;;
  stop) stop ;;
  *)
    declare -F "do_$1" >/dev/null || exit 64
    cd "$(<"$file")" || exit
    "do_$1" "${@:3}"
    ;;
esac
