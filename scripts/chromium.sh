#!/bin/sh
# The dossier is tested in a real browser. Installs Debian's Chromium where that can be done and it is absent;
# elsewhere says so, and those tests are skipped (in CI they must run).
set -eu
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
else
    echo "No chromium here and no right to install it: the browser tests will be skipped." >&2
fi
