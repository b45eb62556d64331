"""From criteria to passes over the data, and from rows to the power of each criterion."""
