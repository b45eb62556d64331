"""The block tree: what a document says, before it is a page, a PDF or a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from assay.domain.vocabulary import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Badge:
    """A verdict, with its mark and its word."""

    kind: ClassVar[str] = "badge"
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Strong:
    """A text that matters."""

    kind: ClassVar[str] = "strong"
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A text for programs: an id, a digest, a definition."""

    kind: ClassVar[str] = "code"
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to another place of this document."""

    kind: ClassVar[str] = "link"
    text: str
    target: str


Inline = str | Badge | Strong | Code | Link
Rich = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers are aligned to the right."""

    title: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of each row names it. Rows beyond ``open_rows`` are folded away."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Rich, ...], ...]
    open_rows: int = 1_000


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``tone`` is plain, lead, note or quote."""

    kind: ClassVar[str] = "paragraph"
    text: Rich
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    kind: ClassVar[str] = "bullets"
    items: tuple[Rich, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what they stand for; ``shape`` is stacked, wide (long texts), pairs (short ones) or band (few)."""

    kind: ClassVar[str] = "facts"
    items: tuple[tuple[str, Rich], ...]
    shape: str = "stacked"


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart, what it shows in words, and the table of its numbers."""

    kind: ClassVar[str] = "figure"
    svg: str
    caption: str
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that must not be missed; ``tone`` is warning or plain."""

    kind: ClassVar[str] = "notice"
    title: str
    text: Rich
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Fold:
    """Details that open on demand and are printed in full."""

    kind: ClassVar[str] = "fold"
    summary: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """Blocks in two columns where there is room."""

    kind: ClassVar[str] = "beside"
    left: tuple[Block, ...]
    right: tuple[Block, ...]
    narrow_left: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One criterion: what was asked, what was found, what is said. ``folded`` shows one line until it is opened."""

    kind: ClassVar[str] = "card"
    target: str
    name: str
    asked: str
    rationale: str
    tier: str
    verdict: Verdict
    sentence: str
    reason: str
    blocks: tuple[Block, ...]
    found: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it; sections may hold sections."""

    kind: ClassVar[str] = "section"
    target: str
    title: str
    blocks: tuple[Block, ...]


Block = Table | Paragraph | Bullets | Facts | Figure | Notice | Fold | Beside | Card | Section


@dataclass(frozen=True, slots=True)
class Opening:
    """The first screen: the decision, on what, why, and what it is silent about."""

    name: str
    outcome: Outcome
    word: str
    means: str
    rehearsal: str
    demo: str
    facts: tuple[tuple[str, Rich], ...]
    reasons_title: str
    reasons: tuple[Rich, ...]
    conditions: tuple[Rich, ...]
    also: tuple[Rich, ...]
    advice: tuple[Rich, ...]
    undecided: tuple[Rich, ...]
    silent: tuple[Rich, ...]
    point: Rich
    bypasses: tuple[str, ...]
    waived: tuple[Rich, ...]
    changed: tuple[Rich, ...]
    bound_title: str
    bound: Rich


@dataclass(frozen=True, slots=True)
class Document:
    """A dossier."""

    title: str
    opening: Opening
    sections: tuple[Section, ...]
