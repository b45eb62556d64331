"""The reference page of the Python interface, made of the public names, their signatures and their docstrings."""

from __future__ import annotations

import ast
import dataclasses
import enum
import importlib
import inspect
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PACKAGES = {
    "assay": "From a specification to a decision, and from a stored record back to its verdicts.",
    "assay.checks": "What a check is written and tested with: see [Add a check](../how-to/add-a-check.md).",
    "assay.stats": "Bounds with a known error rate, and how many rows a claim takes. They need no specification.",
}
"""The packages whose ``__all__`` is public, and what each is for."""

SAYS = """Three packages are public, and of each the names below; everything else may change without notice. A name is
imported when it is first used, so that `import assay` stays light.

```python
import assay

done = assay.certify("specification.yaml", rehearse=True)
if done.decision.outcome is not assay.Outcome.CERTIFIED:
    for ground in done.decision.grounds:
        print(ground.sentence)
```"""
WIDTH = 100
HEADINGS = {"Args": "Arguments", "Attributes": "Attributes", "Raises": "Raises", "Returns": "Returns"}


def python_page() -> str:
    """The page without its notice; a name that two packages offer is described once."""
    parts, described = ["# Python", SAYS], dict[int, str]()
    for package, says in PACKAGES.items():
        parts += [f"## {package}", says]
        module = importlib.import_module(package)
        for name in sorted((n for n in module.__all__ if not n.startswith("__")), key=str.casefold):
            thing = getattr(module, name)
            before = described.setdefault(id(thing), package)
            parts.append(f"### {name}")
            if before == package:
                parts += _described(name, thing, home_of(package)[name])
            else:
                parts.append(f"Described under `{before}`.")
    return "\n\n".join(parts)


def home_of(package: str) -> dict[str, str]:
    """The module that type checkers are told of for each public name of a package."""
    file = importlib.import_module(package).__file__ or ""
    nodes = ast.walk(ast.parse(Path(file).read_text(encoding="utf-8")))
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return {alias.name: node.module or "" for node in imports for alias in node.names}


def _described(name: str, thing: Any, home: str) -> Iterator[str]:
    """What stands under the heading of a public name."""
    if inspect.isfunction(thing):
        yield f"```text\n{signature(thing)}\n```"
        yield markdown(thing.__doc__ or "")
    elif not inspect.isclass(thing):
        written, said = constant(name, home_of(home).get(name, home))  # a package shows what its files hold
        yield f"```text\n{name} = {written}\n```"
        if said:
            yield markdown(said)
    elif issubclass(thing, enum.Enum):
        yield markdown(thing.__doc__ or "")
        yield "\n".join(f"- `{member.name}`: `{member.value}`" for member in thing)
    else:
        if dataclasses.is_dataclass(thing) or hasattr(thing, "_fields"):
            yield f"```text\n{signature(thing)}\n```"
        yield markdown(thing.__doc__ or "")
        yield from _members(thing)


def _members(thing: type) -> Iterator[str]:
    """The public methods and properties of a class, each with the first paragraph of its docstring."""
    lines = []
    for name, member in vars(thing).items():
        function = getattr(member, "__func__", member)
        if name.startswith("_") or not (inspect.isfunction(function) or isinstance(member, property)):
            continue
        call = name if isinstance(member, property) else signature(function, width=10_000)
        said = inspect.cleandoc(member.__doc__ or "").partition("\n\n")[0]
        lines.append(f"- `{call}`: {_inline(said)}")
    if lines:
        yield "**Members**"
        yield "\n".join(lines)


def signature(thing: Any, *, width: int = WIDTH) -> str:
    """A call with its annotations as they are written, one argument a line when it is long."""
    found = inspect.signature(thing)
    shown, starred = [], False
    for p in found.parameters.values():
        if p.name in {"self", "cls"}:
            continue
        if p.kind is p.KEYWORD_ONLY and not starred:
            shown.append("*")
            starred = True
        of = "" if p.annotation is p.empty else f": {_annotation(p.annotation)}"
        shown.append(p.name + of + ("" if p.default is p.empty else f" = {_value(p.default)}"))
    answer = "" if inspect.isclass(thing) else f" -> {_annotation(found.return_annotation)}"
    line = f"{thing.__name__}({', '.join(shown)}){answer}"
    if len(line) <= width:
        return line
    lines = "".join(f"    {part},\n" for part in shown)
    return f"{thing.__name__}(\n{lines}){answer}"


def _annotation(annotation: Any) -> str:
    """As it is written: what it stands for would change with the versions of other packages."""
    text = getattr(annotation, "__forward_arg__", annotation)
    if not isinstance(text, str):
        raise TypeError(f"expected a written annotation, found {text!r}: from __future__ import annotations")
    return text


def _value(value: Any) -> str:
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return f"({', '.join(map(_value, value))}{',' if len(value) == 1 else ''})"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (f"{f.name}={_value(getattr(value, f.name))}" for f in dataclasses.fields(value))
        return f"{type(value).__name__}({', '.join(fields)})"
    if inspect.isfunction(value):
        return value.__name__
    if isinstance(value, str | int | float | None):
        return repr(value)
    return "..." if repr(value) == "<factory>" else re.sub(r"\b(?:\w+\.)+(?=\w)", "", repr(value))


def constant(name: str, home: str) -> tuple[str, str]:
    """What a constant is in the words of its module, and the text that stands below it, if any."""
    file = importlib.import_module(home).__file__ or ""
    body = ast.parse(Path(file).read_text(encoding="utf-8")).body
    for node, following in itertools.zip_longest(body, body[1:]):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            for one, value in _assigned(target, getattr(node, "value", None)):
                if one == name:
                    said = following.value if isinstance(following, ast.Expr) else None
                    return ast.unparse(value), str(said.value) if isinstance(said, ast.Constant) else ""
    raise LookupError(f"{home} does not assign {name}")


def _assigned(target: ast.expr | None, value: ast.expr | None) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, part in zip(target.elts, value.elts, strict=True):
            yield from _assigned(one, part)
    elif isinstance(target, ast.Name) and value is not None:
        yield target.id, value


def markdown(docstring: str) -> str:
    """A docstring as Markdown: paragraphs, and a list under each of its headings."""
    parts: list[str] = []
    for block in inspect.cleandoc(docstring).split("\n\n"):
        first, _, rest = block.partition("\n")
        heading = HEADINGS.get(first.removesuffix(":")) if first.endswith(":") else None
        if heading is None:
            parts.append(_inline(block))
        else:
            parts += [f"**{heading}**", _list(rest)]
    return "\n\n".join(parts)


def _list(lines: str) -> str:
    """Lines at the first depth begin an item each, deeper ones go on with it."""
    items: list[str] = []
    for line in inspect.cleandoc("\n" + lines).splitlines():
        if line.startswith(" ") and items:
            items[-1] += " " + line.strip()
        else:
            items.append(line.strip())
    return "\n".join(f"- {_inline(item)}" for item in items)


def _inline(text: str) -> str:
    """One paragraph: code keeps its marks, everything else is escaped."""
    joined = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", " ".join(text.split())).replace("``", "`")
    pieces = joined.split("`")
    return "`".join(
        piece if i % 2 else re.sub(r"([*_<\[\\])", r"\\\1", piece) for i, piece in enumerate(pieces)
    )
