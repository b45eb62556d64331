#!/bin/sh
# Certificates are verified with cosign in the tests, which knows bundles like ours from 3.0.6 on; Debian 12 and 13 have none
# or an older one. Unpacks that of Debian's testing into FOLDER and installs nothing: the system and its lists stay as they
# are. Where that cannot be done it says so, and that test is skipped.
# usage: scripts/cosign.sh FOLDER
set -eu
folder=${1:?usage: scripts/cosign.sh FOLDER}
[ -x "$folder/cosign" ] && exit 0

skipped() {
    echo "No cosign of 3 or newer here ($1): its test will be skipped." >&2
    exit 0
}
command -v apt-get >/dev/null 2>&1 && command -v dpkg-deb >/dev/null 2>&1 || skipped "no apt-get"
from=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m 1 '/debian/$') || skipped "not a Debian"
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir -p "$place/lists/partial" "$place/cache/archives/partial"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $from testing main" >"$place/sources.list"

apt() {
    apt-get -qq -o Dir::Etc::SourceList="$place/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$place/lists" \
        -o Dir::Cache="$place/cache" -o Acquire::Languages=none -o APT::Sandbox::User="$(id -un)" "$@"
}
apt update || skipped "Debian's lists cannot be fetched"
(cd "$place" && apt download cosign) || skipped "the package cannot be fetched"
dpkg-deb --extract "$place"/cosign_*.deb "$place/unpacked"
mkdir -p "$folder"
mv "$place/unpacked/usr/bin/cosign" "$folder/cosign"
