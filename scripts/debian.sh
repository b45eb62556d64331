#!/bin/sh
# Some tests run programs of other people. Installs Debian's PACKAGE where PROGRAM is absent; where that cannot be done it says
# so, and those tests are skipped, but in CI, where they must run, it fails.
# usage: scripts/debian.sh PROGRAM PACKAGE
set -eu
program=${1:?usage: scripts/debian.sh PROGRAM PACKAGE}
package=${2:?usage: scripts/debian.sh PROGRAM PACKAGE}
command -v "$program" >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null && exit 0
    [ -z "${CI:-}" ] || exit 1
fi
echo "No $program here, and it could not be installed: the tests that need it will be skipped." >&2
