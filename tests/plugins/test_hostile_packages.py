"""Packages that attack whoever asks their checks: each is an error with a reason, and nothing of it runs here."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from tests.app.conftest import Folder, people
from tests.plugins.packages import COUNTING, changing, counting, install

import assay
from assay.app.judging.boundary import counts_of
from assay.checks import ALL, Counts, Rate, Rates, outcomes
from assay.checks.catalogue import PluginRefused
from assay.domain.assessment import Broken, Judged
from assay.domain.isolation import HIGHEST
from assay.domain.specification import Criterion
from assay.domain.vocabulary import Outcome, Reason, Verdict
from assay.plugins import host
from assay.plugins.catalogue import catalogue
from assay.sandbox.probe import probe

fenced = pytest.mark.skipif(probe().level < HIGHEST, reason="this machine lacks fences: see assay sandbox")
Asking = Callable[..., Folder]


def judged(folder: Folder) -> tuple[assay.Certification, dict[str, Judged]]:
    done = assay.certify(
        folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
    )
    return done, {one.assessment.criterion: one for one in done.record.judged}


def test_an_honest_check_counts_as_it_would_here_and_the_run_keeps_its_level(asking: Asking) -> None:
    done, found = judged(asking(counting()))
    other, accuracy = found["other"].assessment.pieces[0], found["accuracy"].assessment.pieces[0]
    test = people(4000, 1)
    negative = test["bad"].to_numpy() == 0
    assert other.n == negative.sum() < accuracy.n
    assert other.estimate == (test["score"].to_numpy()[negative] < 0.5).mean()
    assert found["other"].verdict is Verdict.PASS
    assert done.record.environment.isolation == probe()
    assert [plugin.name for plugin in done.record.environment.plugins] == ["assay_other"]
    assert "assay_other" not in sys.modules


def writing(what: str) -> str:
    """A function that writes to whatever is open, the pipe to the parent among it."""
    return f"import os\nfor fd in range(3, 64):\n    try: os.write(fd, {what})\n    except OSError: pass\nreturn 0"


COUNTS = {
    "reads a file outside": ("return open('{labels}', 'rb').read()", Reason.CHECK_STOPPED, "file system"),
    "opens a socket": ("import socket; socket.socket()", Reason.CHECK_STOPPED, "network"),
    "starts a program": ("import os; os.execv('/bin/true', ['true'])", Reason.CHECK_STOPPED, "programs"),
    "forks": ("import os; os.fork()", Reason.CHECK_STOPPED, "processes"),
    "takes all memory": ("bytearray(1 << 46)", Reason.CHECK_CRASHED, "memory"),
    "leaves": ("import sys; sys.exit(0)", Reason.CHECK_CRASHED, "SystemExit"),
    "leaves at once": ("import os; os._exit(0)", Reason.CHECK_CRASHED, "exit code 0"),
    "kills itself": (
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        Reason.CHECK_CRASHED,
        "SIGKILL",
    ),
    "raises what it saw": ("raise ValueError(str(view))", Reason.CHECK_CRASHED, "raised ValueError"),
    "names a class as it saw": (
        "raise type(f'array({view.overall.n})', (Exception,), {})",
        Reason.CHECK_CRASHED,
        "raised an exception of its own",
    ),
    "returns a class named as it saw": (
        "return type(f'array({view.overall.n})', (), {})()",
        Reason.CHECK_OUTPUT_INVALID,
        "returned a value of a type of its own",
    ),
    "spins": ("while True: pass", Reason.CHECK_TIMED_OUT, "no answer within 2 seconds"),
    "returns a number": ("return 0.99", Reason.CHECK_OUTPUT_INVALID, "returned float"),
    "returns nothing": ("return None", Reason.CHECK_OUTPUT_INVALID, "returned NoneType"),
    "drops what it is asked about": ("return Rates(())", Reason.CHECK_OUTPUT_INVALID, "no rates"),
    "counts more rows than there are": (
        "return Rates((Rate('', 10**6, 10**6),))",
        Reason.CHECK_OUTPUT_INVALID,
        "1,000,000 trials where there are 4,000 rows",
    ),
    "invents a group": ("return Rates((Rate('us', 1, 1),))", Reason.CHECK_OUTPUT_INVALID, "not shown"),
    "counts all rows twice": (
        "r = Rate('', 9, 10); return Rates((r, r))",
        Reason.CHECK_OUTPUT_INVALID,
        "expected once",
    ),
    "calls it a fact about the data": ("return Census(1, 1)", Reason.CHECK_OUTPUT_INVALID, "census"),
    "counts pairs": ("return Paired((PairedCell('', 0, 0, 9),))", Reason.CHECK_OUTPUT_INVALID, "pairs"),
    "invents scores": (
        "return Scores((ScoreCell('', (0.5,), (1,), (1,)),), Functional.AUC)",
        Reason.CHECK_OUTPUT_INVALID,
        "scores that it was not shown",
    ),
    "claims that it passed": (
        "u = Undefined(Reason.NO_ROWS, 'all is well')\nobject.__setattr__(u, 'reason', Reason.BOUND_SATISFIES)\nreturn u",
        Reason.CHECK_OUTPUT_INVALID,
        "something else than counts",
    ),
    "writes to the terminal": (
        "return Undefined(Reason.NO_ROWS, 'a\\x1b[2Jb')",
        Reason.CHECK_OUTPUT_INVALID,
        "printable line",
    ),
    "breaks a rule of counts": (
        "r = Rate('', 1, 2); object.__setattr__(r, 'events', 3); return Rates((r,))",
        Reason.CHECK_OUTPUT_INVALID,
        "something else than counts",
    ),
    "writes into the protocol": (
        writing("b'ASSYA' + (4).to_bytes(8, 'little') + b'true'"),
        Reason.CHECK_OUTPUT_INVALID,
        "else than an answer",
    ),
    "sends garbage": (writing("b'\\0' * 4096"), Reason.CHECK_OUTPUT_INVALID, "bytes that are not an answer"),
    "sends too much": (
        writing("b'ASSYA' + (1 << 40).to_bytes(8, 'little')"),
        Reason.CHECK_OUTPUT_INVALID,
        "1,099,511,627,776 bytes where",
    ),
    "nests without end": (
        writing("b'ASSYA' + (200000).to_bytes(8, 'little') + b'[' * 100000 + b']' * 100000"),
        Reason.CHECK_OUTPUT_INVALID,
        "else than an answer",
    ),
    "returns another class under a known name": (
        "class Rates:\n    cells = ()\nreturn Rates()",
        Reason.CHECK_OUTPUT_INVALID,
        "returned Rates",
    ),
}


VIEW = outcomes({ALL: (2500, 500, 400, 600)})


def counted(view: object = VIEW, across: str | None = None) -> Counts | Broken:
    """What a run takes of the check, by the boundary that every run and plan asks through."""
    check = catalogue()["performance.other"]
    asked = Criterion.model_validate(
        {"id": "other", "metric": check.id, "at_least": Decimal("0.5"), "tier": "critical", "owner": "validator",
         "rationale": "none"} | ({"across": across} if across else {})
    )  # fmt: skip
    return counts_of(check, asked, lambda: view)


@fenced
@pytest.mark.parametrize("how", COUNTS)
def test_a_hostile_check_is_an_error_that_says_what_it_did(
    site: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    body, reason, said = COUNTS[how]
    (secret := site.parent / "labels").write_text("1")
    install(site, counting(body.replace("{labels}", str(secret))))
    found = catalogue()
    assert "performance.accuracy" in found
    if how == "spins":
        monkeypatch.setattr(host, "ALLOWED", 2.0)
    broke = counted()
    assert isinstance(broke, Broken), broke
    assert broke.reason is reason, broke.sentence
    assert said in broke.sentence
    assert "array(" not in broke.sentence, "what it was shown is not repeated"


@fenced
def test_a_hostile_check_withholds_and_the_others_are_judged_all_the_same(asking: Asking) -> None:
    done, found = judged(asking(counting("import os; os._exit(0)")))
    assert (found["other"].verdict, found["other"].reason) == (Verdict.ERROR, Reason.CHECK_CRASHED)
    assert found["accuracy"].verdict is Verdict.PASS
    assert done.decision.outcome is Outcome.WITHHELD


def test_after_it_broke_a_package_is_asked_again_in_a_new_child(site: Path) -> None:
    install(site, counting(f"import os\nif view.overall.n > 9000: os._exit(0)\n{COUNTING}"))
    assert isinstance(counted(outcomes({ALL: (9000, 1, 1, 1)})), Broken)
    assert counted() == Rates((Rate("", 2500, 3000),))


@fenced
def test_what_a_package_patches_is_patched_in_its_child_alone(site: Path) -> None:
    import assay.domain.judge as judging
    import assay.stats.assess as assessing

    before = judging.judge, assessing.assess, assay.certify, os.environ.get("PATCHED")
    patching = """
        import os, sys
        import assay.domain.judge, assay.stats.assess, assay.domain.evidence, assay.plugins.guest
        os.environ["PATCHED"] = "yes"
        assay.domain.judge.judge = assay.stats.assess.assess = lambda *_: "pass"
        assay.domain.evidence.Rate.__post_init__ = lambda self: None
        """
    install(site, counting("return Rates((Rate('', 99999, 9),))", before=patching))
    broke = counted()
    assert isinstance(broke, Broken)
    assert broke.reason is Reason.CHECK_OUTPUT_INVALID
    assert before == (judging.judge, assessing.assess, assay.certify, os.environ.get("PATCHED"))


IMPORTS = {
    "leaves": ("import sys; sys.exit(0)", "it ends the program when it is imported"),
    "leaves at once": ("import os; os._exit(0)", "ended by itself with exit code 0"),
    "spins": ("while True: pass", "gave no answer within 2 seconds"),
    "raises": ("1 / 0", "ZeroDivisionError"),
    "opens a socket": ("import socket; socket.socket()", "the fence that stopped it: network"),
    "needs what is not there": ("import no_such_module", "No module named 'no_such_module'"),
    "has no check": ("", "the module defines no check"),
}


@fenced
@pytest.mark.parametrize("how", IMPORTS)
def test_a_package_that_attacks_when_it_is_imported_is_refused_by_name(
    site: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    source, said = IMPORTS[how]
    monkeypatch.setattr(host, "START", 2.0 if how == "spins" else 60.0)
    install(site, source)
    with pytest.raises(PluginRefused) as refused:
        catalogue()
    assert refused.value.code == "plugin_malformed"
    assert "'assay_other' (assay_other) of assay_other cannot be used" in refused.value.message
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("entry['metric']['id'] = 'fairness.other'", "stage is not the one of its id"),
        ("entry['metric']['needs_model'] = False", "whether the model is asked"),
        ("entry['metric']['title'] = 'a\\x1b[2Jb'", "printable"),
        ("entry['metric']['high'] = 'NaN'", "not finite"),
        ("entry['metric']['comparators'] = []", "no comparator"),
        ("entry['metric']['reading'] = '{value} {secret}'", "which it never gets"),
        ("entry['metric']['parameters']['part']['default'] = 7", "the default of 'part' is not"),
        ("entry['metric']['more'] = 1", "no such key"),
        ("entry['doc'] = 'x' * 30000", "no text of at most"),
        ("entry['doc'] = 'no headings'", "has no Purpose"),
        ("entry['keywords'] = ['secret']", "which it never gets"),
        ("entry['need'] = 'rows'", "its entry for 'performance.other' is none"),
        ("entry['examples'] = entry['examples'][:1]", "needs a passing example"),
        ("entry['examples'][0]['threshold'] = 'NaN'", "not finite"),
        ("entry['examples'] = 3", "its entry for 'performance.other' is none"),
        ("told['checks'] = []", "it told of no checks"),
        ("told['checks']['assay_other'] = []", "it told of 0 checks"),
        ("told['checks']['assay_other'] *= 2000", "it told of 2,000 checks"),
        ("del entry['metric']['id']", "without an id"),
    ],
)
def test_a_catalogue_entry_is_looked_at_in_full(site: Path, told: str, said: str) -> None:
    lying = f"""
        import assay.plugins.guest as guest
        honest = guest.Guest.describe
        def describe(self):
            told = honest(self)
            entry = told['checks']['assay_other'][0]
            {told}
            return told
        guest.Guest.describe = describe
        """
    install(site, counting(before=lying))
    with pytest.raises(PluginRefused) as refused:
        catalogue()
    assert said in refused.value.message


def test_an_id_of_assays_own_cannot_be_taken(site: Path) -> None:
    install(site, counting().replace("performance.other", "performance.accuracy"))
    with pytest.raises(PluginRefused, match=r"'performance.accuracy'.*of assay-ml and .*of assay_other"):
        catalogue()


CHANGES = {
    "sends fewer rows": ("return {n: v[:-1] for n, v in columns.items()}", Reason.CHECK_CRASHED, ""),
    "sends texts for numbers": (
        "return {'income': np.array(['a'] * len(context.rows), dtype=object)}",
        Reason.CHECK_OUTPUT_INVALID,
        "numbers were expected",
    ),
    "sends a column that it was not sent": (
        "return {'bad': np.zeros(len(context.rows))}",
        Reason.CHECK_OUTPUT_INVALID,
        "a column that it was not sent",
    ),
    "sends other rows": (
        "context.rows[:] = context.rows[::-1].copy(); return columns",
        Reason.CHECK_OUTPUT_INVALID,
        "in another order",
    ),
    "sends nothing": ("return None", Reason.CHECK_CRASHED, "AttributeError"),
    "leaves": ("import os; os._exit(0)", Reason.CHECK_CRASHED, "exit code 0"),
    "opens a socket": ("import socket; socket.socket()", Reason.CHECK_STOPPED, "network"),
    "spins": ("while True: pass", Reason.CHECK_TIMED_OUT, "2 seconds"),
    "says a row in an error of Assay's": (
        "context._some((), f'secret {columns[\"income\"][0]}')",
        Reason.NOTHING_TO_CHANGE,
        "found no input that it can change",
    ),
    "says a row in an error": (
        "raise ValueError(f'secret {columns[\"income\"][0]}')",
        Reason.CHECK_CRASHED,
        "",
    ),
}


def rehearsed(folder: Folder) -> dict[str, Judged]:
    path = folder.edit(
        "{model: score, format: predictions}", "{model: 'm:f', format: callable, inputs: [age, income]}"
    ).write()

    def model(batch: object) -> object:
        return np.clip(batch["income"].to_numpy() / 10_000.0, 0.0, 1.0)  # type: ignore[index]

    done = assay.certify(path, workers=0, rehearse=True, model=model)
    return {one.assessment.criterion: one for one in done.record.judged}


@fenced
@pytest.mark.parametrize("how", CHANGES)
def test_a_hostile_perturbation_is_an_error_and_the_rest_is_judged(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    body, reason, said = CHANGES[how]
    if how == "spins":
        monkeypatch.setattr(host, "ALLOWED", 2.0)
    source = "import numpy as np\n" + changing(body)
    found = rehearsed(asking(source, "robustness.other", "at_most: 0.5"))
    assert (found["other"].verdict, found["other"].reason) == (Verdict.ERROR, reason), found["other"].sentence
    assert said in found["other"].sentence
    assert "secret" not in found["other"].sentence
    assert found["complete"].verdict is Verdict.PASS
    assert found["accuracy"].verdict is not Verdict.ERROR


def test_an_honest_perturbation_changes_the_rows_that_the_model_is_asked(asking: Asking) -> None:
    body = "columns['income'] = columns['income'] * 1000\nreturn columns"
    found = rehearsed(asking(changing(body), "robustness.other", "at_most: 0.5"))
    assert found["other"].verdict is not Verdict.ERROR, found["other"].sentence
    assert found["other"].assessment.pieces[0].estimate != 0
