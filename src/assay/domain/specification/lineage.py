"""Where the rows come from, by digest: declared sources, declared steps, and the records that other tools keep of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from assay.domain.specification.base import Block, Text, _text

DIGEST_PATTERN = r"^(md5:[0-9a-f]{32}(\.dir)?|sha1:[0-9a-f]{40}|sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$"
MOST_RECORDS = 200

WrittenDigest = Annotated[str, BeforeValidator(_text), StringConstraints(pattern=DIGEST_PATTERN)]


class DeclaredSource(Block):
    """Where a chain may begin: an extract or a program, by its digest, its file, or both."""

    about: Text
    """What it is, who took it and when."""
    digest: WrittenDigest | None = None
    """How its bytes are told from others, as md5:, sha1:, sha256: or sha512: and the hexadecimal digits; of a folder as DVC writes it, md5:....dir."""
    path: Text | None = None
    """Its file or folder in the specification's folder, whose bytes are looked at where it lies there."""

    @model_validator(mode="after")
    def _told_apart(self) -> DeclaredSource:
        if self.digest is None and self.path is None:
            raise PydanticCustomError("digest_missing", "'digest', 'path' or both are expected")
        return self


class Lineage(Block):
    """How the data came about: chains of equal digests lead from each data file back to these sources, through these steps alone."""

    sources: dict[Text, DeclaredSource] = Field(min_length=1)
    """What the rows were made of, by name: extracts, and the programs that the records list among what was read."""
    steps: dict[Text, Text] = Field(default_factory=dict)
    """By the name that a record gives it (a DVC stage, an OpenLineage job, an MLflow run), what a step does."""
    records: tuple[Text, ...] = Field(min_length=1, max_length=MOST_RECORDS)
    """Files in the specification's folder that DVC (.dvc, dvc.lock), MLflow (MLmodel, meta.yaml) or OpenLineage (JSON events) wrote; nothing else is read."""

    @model_validator(mode="after")
    def _each_once(self) -> Lineage:
        if len(set(self.records)) < len(self.records):
            raise PydanticCustomError("record_twice", "every record is expected once")
        return self
