"""YAML documents with places: specification and dictionary are read into the forms of `assay.domain`.

Whatever is wrong is collected with its file, line and column and told at once.
"""
