# shellcheck shell=bash
# Where things are and how scripts speak. Sourced by every script here.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit 1
# shellcheck disable=SC2034 # used by those who source this
TARGET=${CARGO_TARGET_DIR:-$ROOT/target}
TOOLS=${WEHEARD_TOOLS:-$ROOT/target/tools}
export PATH="$TOOLS/bin:$ROOT/node_modules/.bin:$PATH"

say() { printf '\033[1m▸ %s\033[0m\n' "$*"; }
fail() {
  printf '\033[31m✗ %s\033[0m\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# need COMMAND WHY HOW: stops with the command that would install what is missing.
need() {
  have "$1" || fail "$1 is missing ($2). Install it: $3"
}

# Root on Debian may install what is missing; anybody else is told the command.
# apt_install WHY PACKAGE…
apt_install() {
  local why=$1
  shift
  if [ "$(id -u)" = 0 ] && have apt-get; then
    say "Installing $* with apt-get: $why"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 ||
      { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; } ||
      fail "apt-get could not install $*. It is needed: $why"
  else
    fail "Missing: $* ($why). Install it: sudo apt-get install $*   (or your system's equivalent)"
  fi
}

# The version that Cargo.toml pins for a dependency.
pinned() { sed -n "s/^$1 = \"=\([0-9.]*\)\".*/\1/p" "$ROOT/Cargo.toml"; }
