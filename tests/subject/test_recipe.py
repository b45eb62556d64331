"""A recipe names a function of a file in the specification's folder; it is read, and never run."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.domain.digests import sha256_of
from assay.domain.errors import SubjectError
from assay.subject.recipe import recipe_of

SOURCE = """raise SystemExit("whoever imports this ends")


def train(data, seed):
    return data


async def tune(data, seed=0, *more):
    def inner():
        return data

    return inner


class Model:
    def fit(self):
        return self


def seedless(data):
    return data


def greedy(data, seed, depth):
    return data


def named(data, *, seed):
    return data


@print
def wrapped():
    return 1


if True:

    def hidden():
        return 1
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "folder"
    (root / "recipes").mkdir(parents=True)
    (root / "recipes" / "train.py").write_text(SOURCE)
    (tmp_path / "outside.py").write_text("def train():\n    pass\n")
    return root


@pytest.mark.parametrize("name", ["train", "tune", "wrapped"])
def test_a_function_at_the_top_level_is_bound_by_the_digest_of_its_file(root: Path, name: str) -> None:
    found = recipe_of(root, f"recipes/train.py:{name}")
    assert (found.file, found.digest) == ("recipes/train.py", sha256_of(SOURCE.encode()))


@pytest.mark.parametrize(
    ("written", "code", "says"),
    [
        ("nowhere.py:nothing", "not_found", "There is no file"),
        ("recipes/train.py", "recipe_unreadable", "names no file and function"),
        (":train", "recipe_unreadable", "names no file and function"),
        ("recipes/train.py:", "recipe_unreadable", "names no file and function"),
        ("recipes/train.py:Model.fit", "recipe_unreadable", "names no file and function"),
        ("recipes/train.py:Model", "recipe_has_no_function", "no function 'Model' at its top level; there are: train, tune, seedless, greedy"),
        ("recipes/train.py:hidden", "recipe_has_no_function", "no function 'hidden' at its top level"),
        ("recipes/train.py:inner", "recipe_has_no_function", "no function 'inner' at its top level"),
        ("recipes/train.py:seedless", "recipe_takes_no_seed", "'seedless' of recipes/train.py cannot be called with two arguments"),
        ("recipes/train.py:greedy", "recipe_takes_no_seed", "is handed the training rows and a seed"),
        ("recipes/train.py:named", "recipe_takes_no_seed", "is handed the training rows and a seed"),
        ("recipes:train", "not_a_file", "is a folder"),
        ("../outside.py:train", "recipe_outside", "outside of the specification's folder"),
        ("link.py:train", "recipe_outside", "outside of the specification's folder"),
        ("empty.py:train", "recipe_has_no_function", "there are none"),
        ("broken.py:train", "recipe_unreadable", "cannot be read as Python source: line 2"),
        ("nul.py:train", "recipe_unreadable", "cannot be read as Python source"),
        ("deep.py:train", "recipe_unreadable", "cannot be read as Python source"),
    ],
)  # fmt: skip
def test_what_names_no_function_there_is_refused(root: Path, written: str, code: str, says: str) -> None:
    (root / "link.py").symlink_to(root.parent / "outside.py")
    (root / "empty.py").write_text("")
    (root / "broken.py").write_text("def train():\n    return (\n")
    (root / "nul.py").write_bytes(b"def train():\n    return 1\0\n")
    (root / "deep.py").write_text("def train():\n    return " + "(" * 100_000 + ")" * 100_000 + "\n")
    with pytest.raises(SubjectError) as refused:
        recipe_of(root, written)
    assert refused.value.code == code
    assert says in refused.value.message
    assert refused.value.remedy or code == "not_a_file"


def test_an_absolute_path_is_outside_wherever_it_leads(root: Path) -> None:
    with pytest.raises(SubjectError, match="outside of the specification's folder"):
        recipe_of(root, f"{root.parent / 'outside.py'}:train")
