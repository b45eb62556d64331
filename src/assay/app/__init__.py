"""The use cases, one file each: the only place that wires the columns of the house together."""
