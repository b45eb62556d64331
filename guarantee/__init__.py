"""The error rates that Assay claims, enumerated or simulated; `make guarantee` runs all of it."""
