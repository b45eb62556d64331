"""The eleven steps of a verification, in the order in which they are numbered."""
