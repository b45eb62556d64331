"""Whether a file is reached from a declared source by a chain of equal digests, through declared steps alone.

Records are the word of whoever wrote them: that two digests are equal is all that is looked at. A join is made where two tools state a
digest of one kind and it is the same, for file names repeat and digests do not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

RECORD_ROLE = "lineage record "


def role_of_record(path: str) -> str:
    """The role under which a run is bound to a record."""
    return f"{RECORD_ROLE}{path}"


@dataclass(frozen=True, slots=True)
class Artifact:
    """Something that was read or made: its name, and its digests as ``md5:...``; none where nobody stated one."""

    name: str
    digests: frozenset[str] = frozenset()

    @property
    def kinds(self) -> frozenset[str]:
        """The functions of its digests."""
        return frozenset(digest.partition(":")[0] for digest in self.digests)

    def same(self, other: Artifact) -> bool:
        """Whether both state one digest."""
        return bool(self.digests & other.digests)

    def differs(self, other: Artifact) -> bool:
        """Whether both state digests of one kind and none is the same."""
        return bool(self.kinds & other.kinds) and not self.same(other)

    def told(self, other: Artifact) -> str:
        """Its digests of the kinds that the other one has, too."""
        shared = self.kinds & other.kinds
        said = sorted(_short(d) for d in self.digests if d.partition(":")[0] in shared)
        return " or ".join(said)


@dataclass(frozen=True, slots=True)
class Step:
    """What a record says was done: ``name`` read some and made others. Without a name it only states digests."""

    name: str
    record: str
    reads: tuple[Artifact, ...]
    makes: tuple[Artifact, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A declared source; ``looked_at`` where digests of its bytes were computed."""

    artifact: Artifact
    looked_at: bool
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Chains:
    """All that was declared and recorded, and what is asked of it.

    Attributes:
        sources, declared: the declared sources, and the names of the declared steps. steps: what the records say.
        by_name: whether a join may rest on the name alone where nobody stated digests that could be compared.
    """

    sources: tuple[Source, ...]
    declared: frozenset[str]
    steps: tuple[Step, ...]
    by_name: bool = False
    _makers: Mapping[str, list[tuple[Step, Artifact]]] = field(init=False, repr=False)
    _named: Mapping[str, list[tuple[Step, Artifact]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        makers: dict[str, list[tuple[Step, Artifact]]] = defaultdict(list)
        named: dict[str, list[tuple[Step, Artifact]]] = defaultdict(list)
        for step in self.steps:
            for made in step.makes:
                named[made.name].append((step, made))
                for digest in sorted(made.digests):
                    makers[digest].append((step, made))
        object.__setattr__(self, "_makers", makers)
        object.__setattr__(self, "_named", named)

    def reached(self, file: Artifact) -> Found:
        """Whether a file is reached; where a chain breaks, and what was only stated on the way.

        Every step that is said to have made it counts, and all that each of them read: of two stories about one digest the broken one is not passed
        over. Each thing and each step is looked at once, so that the work is no more than what the records hold.
        """
        walk = _Walk()
        todo = [file]
        while todo:
            one = todo.pop()
            if one in walk.makers:
                continue
            walk.makers[one] = self._origin(one, walk)
            for step in walk.makers[one]:
                if id(step) not in walk.steps:
                    walk.steps[id(step)] = step
                    todo.extend(reversed(step.reads))
        if not walk.breaks:
            walk.breaks.update(dict.fromkeys(walk.circles()))
        return Found(tuple(walk.breaks), tuple(walk.stated))

    def _origin(self, file: Artifact, walk: _Walk) -> list[Step]:
        """The steps behind a file, whose reads must be followed: none where it is a source, or where its chain breaks."""
        source = next((s for s in self.sources if s.artifact.same(file)), None)
        if source is not None:
            if not source.looked_at:
                walk.stated[source.artifact.name] = None
            return []
        makers = self._made_by(file)
        if not makers:
            walk.breaks[self._why_nobody(file)] = None
        behind = []
        for step, made in makers:
            where = f"the step {step.name} ({step.record})"
            if step.name not in self.declared:
                walk.breaks[f"{file.name} is made by {where}, which is not declared"] = None
            elif not step.reads:
                walk.breaks[f"{file.name} is made by {where}, of which no record says what it read"] = None
            else:
                behind.append(step)
                if not made.same(file):
                    walk.stated[f"{file.name}, joined by its name to {where}"] = None
        return behind

    def _made_by(self, file: Artifact) -> list[tuple[Step, Artifact]]:
        by_digest = {
            id(step): (step, made)
            for digest in sorted(file.digests)
            for step, made in self._makers.get(digest, ())
            if step.name
        }
        if by_digest or not self.by_name:
            return list(by_digest.values())
        return [
            (step, made)
            for step, made in self._named.get(file.name, ())
            if step.name and not made.kinds & file.kinds
        ]

    def _why_nobody(self, file: Artifact) -> str:
        named = [(step.record, made) for step, made in self._named.get(file.name, ())]
        named += [("the declared source", s.artifact) for s in self.sources if s.artifact.name == file.name]
        for record, made in named:
            if made.differs(file):
                return f"{file.name} is {file.told(made)} where it is read, and {made.told(file)} by {record}"
        if any(not made.kinds & file.kinds for _, made in named):
            return f"{file.name} is named by {named[0][0]} without a digest that can be compared"
        return f"no record and no declared source says where {file.name} comes from"


@dataclass(frozen=True, slots=True)
class Found:
    """Where the chains of a file break, in sentences; none when it is reached. ``stated``: what was taken as it was written."""

    breaks: tuple[str, ...]
    stated: tuple[str, ...] = ()


@dataclass(slots=True)
class _Walk:
    """What was seen on the way back from a file: of each thing the steps that made it, and each step once."""

    makers: dict[Artifact, list[Step]] = field(default_factory=dict)
    steps: dict[int, Step] = field(default_factory=dict)
    breaks: dict[str, None] = field(default_factory=dict)
    stated: dict[str, None] = field(default_factory=dict)

    def circles(self) -> list[str]:
        """Where nothing else breaks: that a thing is made of itself, and of nothing that has another origin.

        A step that hands on what it read is no circle, as long as another step made that. Things are taken as reached from the sources on, each
        step as soon as all that it read is (Kahn 1962).
        """
        missing = {key: len(set(step.reads)) for key, step in self.steps.items()}
        readers: dict[Artifact, list[int]] = defaultdict(list)
        made: dict[int, list[Artifact]] = defaultdict(list)
        for key, step in self.steps.items():
            for read in set(step.reads):
                readers[read].append(key)
        for thing, makers in self.makers.items():
            for step in makers:
                made[id(step)].append(thing)
        ready = [thing for thing, makers in self.makers.items() if not makers]
        reached = set(ready)
        while ready:
            for key in readers[ready.pop()]:
                missing[key] -= 1
                fresh = [thing for thing in made[key] if not missing[key] and thing not in reached]
                reached.update(fresh)
                ready.extend(fresh)
        open_ones = [thing for thing in self.makers if thing not in reached]
        return (
            [f"{_on_circle(open_ones[0], self.makers, reached).name} is made of itself"] if open_ones else []
        )


def _on_circle(thing: Artifact, makers: Mapping[Artifact, list[Step]], reached: set[Artifact]) -> Artifact:
    """The first thing that is met twice on the way back from one that nothing reaches."""
    seen: set[Artifact] = set()
    while thing not in seen:
        seen.add(thing)
        thing = next(read for step in makers[thing] for read in step.reads if read not in reached)
    return thing


def _short(digest: str) -> str:
    kind, _, value = digest.partition(":")
    return f"{kind} {value[:12]}"


def kinds_in(artifacts: Iterable[Artifact]) -> frozenset[str]:
    """The functions by which any of them is told."""
    return frozenset(kind for artifact in artifacts for kind in artifact.kinds)
