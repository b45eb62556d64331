"""The documents: from the record of a run to blocks, and from blocks to a page that a risk officer can read."""
