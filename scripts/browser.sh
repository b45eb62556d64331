#!/bin/sh
# Looks at the dossier in a real browser: axe, horizontal scroll, light and dark. Installs Chromium on Debian when absent.
set -eu
cd "$(dirname "$0")/.."
if ! command -v chromium >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
fi
python=.venv/bin/python
"$python" -c 'import playwright, axe_playwright_python' 2>/dev/null ||
    "$python" -m pip install --quiet --disable-pip-version-check playwright axe-playwright-python
ASSAY_BROWSER=required exec "$python" -m pytest tests/dossier/test_in_a_browser.py "$@"
