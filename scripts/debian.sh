#!/bin/sh
# Some tests run programs of other people. Installs Debian's PACKAGE where that can be done and PROGRAM is absent; elsewhere
# says so, and those tests are skipped.
# usage: scripts/debian.sh PROGRAM PACKAGE
set -eu
program=${1:?usage: scripts/debian.sh PROGRAM PACKAGE}
package=${2:?usage: scripts/debian.sh PROGRAM PACKAGE}
command -v "$program" >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
else
    echo "No $program here and no right to install it: the tests that need it will be skipped." >&2
fi
