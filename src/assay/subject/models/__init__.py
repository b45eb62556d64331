"""One adapter per model format: ``load(path, inputs)`` returns a callable from a record batch to scores.

Adapters run in the model's own interpreter, where Assay is not installed: they import the standard library, numpy,
pyarrow, their own library, ``assay.domain.errors`` and each other, nothing else. They import their library at the
top, because imports come before the child gives up its rights.
"""
