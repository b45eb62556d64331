"""From counts and a threshold to pieces: a file per kind of counts."""
