# shellcheck shell=bash disable=SC2034
# Shared by the scripts of this folder; meant to be sourced. Sets `root` to the repository and goes there.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1

# Objects are found again in another clone: ccache sees paths relative to the repository.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
jobs=$(nproc)

say() { printf '\n== %s\n' "$*"; }

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Names of the packages of the given groups that are not installed.
missing_packages() {
  local group package status
  while read -r group package; do
    [[ -n $group && $group != \#* && " $* " == *" $group "* ]] || continue
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $status == installed ]] || printf '%s\n' "$package"
  done <scripts/packages.txt
}

# install_packages GROUP...: installs what is missing; touches the network only then.
install_packages() {
  command -v dpkg-query >/dev/null || fail "This script installs Debian packages, and this system has no dpkg. Install the equivalents of scripts/packages.txt and build with: cmake --preset release && cmake --build --preset release"
  local missing as_root=()
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "Missing packages: ${missing[*]}
Neither root nor sudo is at hand. Ask somebody who is root to run: apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo)
  fi
  say "Installing ${#missing[@]} packages: ${missing[*]}"
  "${as_root[@]}" apt-get -q -o DPkg::Lock::Timeout=300 update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "${missing[@]}"
}
