"""What is public is listed, sorted, importable, light, documented, and the same for people and type checkers."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest
from python_page import PACKAGES, home_of

NAMES = [(package, name) for package in PACKAGES for name in importlib.import_module(package).__all__]
HEAVY = {"numpy", "scipy", "pyarrow", "pydantic", "click", "rich", "ruamel", "jinja2"}
each_package = pytest.mark.parametrize("package", PACKAGES)
each_name = pytest.mark.parametrize(("package", "name"), NAMES)


def order(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


@each_package
def test_the_list_is_sorted_and_names_nothing_twice(package: str):
    listed = importlib.import_module(package).__all__
    assert listed == sorted(set(listed), key=order)


@each_package
def test_what_is_listed_is_what_completion_and_type_checkers_are_told(package: str):
    module = importlib.import_module(package)
    public = {name for name in module.__all__ if not name.startswith("__")}
    assert set(dir(module)) == public
    told = {name for name, home in home_of(package).items() if home.startswith("assay.") and name[0] != "_"}
    assert told - {"lazy"} == public


@each_name
def test_a_name_is_that_of_its_home(package: str, name: str):
    found = getattr(importlib.import_module(package), name)
    assert found is getattr(importlib.import_module(home_of(package)[name]), name)


@each_name
def test_functions_and_classes_say_what_they_are(package: str, name: str):
    found = getattr(importlib.import_module(package), name)
    if inspect.isfunction(found) or inspect.isclass(found):
        said = inspect.getdoc(found) or ""
        assert len(said.split()) >= 4
        assert not said.startswith(f"{name}("), "the text that dataclass writes says nothing"


@each_package
def test_what_is_not_public_is_an_attribute_error(package: str):
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'certifi'"):
        importlib.import_module(package).certifi  # noqa: B018


def in_a_fresh_process(program: str) -> str:
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@each_package
def test_naming_costs_no_heavy_import(package: str):
    loaded = in_a_fresh_process(
        f"import {package}, sys; print(*{{m.partition('.')[0] for m in sys.modules}})"
    )
    assert not set(loaded.split()) & HEAVY


@each_package
def test_no_module_stands_in_the_place_of_a_name(package: str):
    """The import system sets a module as an attribute of its package, over whatever would be found lazily."""
    inner = [m.name for m in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}.")]
    imports = "\n".join(f"import {name}" for name in inner if not name.endswith("__main__"))
    shown = in_a_fresh_process(
        f"{imports}\nimport inspect, {package} as p\n"
        "print([name for name in p.__all__ if inspect.ismodule(getattr(p, name))])"
    )
    assert shown.strip() == "[]"
