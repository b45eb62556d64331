"""What a package tells of its checks is looked at in full, whatever program tells it."""

from __future__ import annotations

import pytest
from tests.plugins.conftest import installing
from tests.plugins.packages import counting, install

from assay.checks.catalogue import PluginRefused
from assay.plugins import catalogue as installed
from assay.plugins.host import Host

LIES = {
    "entry['metric']['id'] = 'fairness.other'": "stage is not the one of its id",
    "entry['metric']['needs_model'] = False": "whether the model is asked",
    "entry['metric']['title'] = 'a\\x1b[2Jb'": "printable",
    "entry['metric']['high'] = 'NaN'": "not finite",
    "entry['metric']['comparators'] = []": "no comparator",
    "entry['metric']['reading'] = '{value} {secret}'": "which it never gets",
    "entry['metric']['parameters']['part']['default'] = 7": "the default of 'part' is not",
    "entry['metric']['more'] = 1": "no such key",
    "entry['doc'] = 'x' * 30000": "no text of at most",
    "entry['doc'] = 'no headings'": "has no Purpose",
    "entry['keywords'] = ['secret']": "which it never gets",
    "entry['metric']['refits'] = True": "whether the model is asked",
    "entry['need'] = 'refits'": "which is for checks of Assay alone",
    "entry['need'] = 'rows'": "its entry for 'performance.other' is none",
    "entry['examples'] = entry['examples'][:1]": "needs a passing example",
    "entry['examples'][0]['threshold'] = 'NaN'": "not finite",
    "entry['examples'] = 3": "its entry for 'performance.other' is none",
    "told['checks'] = []": "it told of no checks",
    "told['checks']['assay_other'] = []": "it told of 0 checks",
    "told['checks']['assay_other'] *= 2000": "it told of 2,000 checks",
    "del entry['metric']['id']": "without an id",
}
"""How what it tells is changed, and what it is refused with."""


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each of them is refused with; one child tells them in turn."""
    lying = f"""
        import assay.plugins.guest as guest
        honest, lies = guest.Guest.describe, iter({list(LIES)!r})
        def describe(self):
            told = honest(self)
            exec(next(lies), {{"told": told, "entry": told['checks']['assay_other'][0]}})
            return told
        guest.Guest.describe = describe
        """
    found = {}
    with installing(tmp_path_factory.mktemp("lying")) as site, pytest.MonkeyPatch.context() as patched:
        install(site, counting(before=lying))
        patched.setattr(Host, "close", lambda _: None)
        for lie in LIES:
            with pytest.raises(PluginRefused) as told:
                installed.catalogue()
            found[lie] = told.value.message
    return found


@pytest.mark.parametrize("lie", LIES)
def test_a_catalogue_entry_is_looked_at_in_full(refused: dict[str, str], lie: str) -> None:
    assert LIES[lie] in refused[lie]
