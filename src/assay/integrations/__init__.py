"""The gate inside other programs: each asks the one function of ``assay.app.verifying.gate`` and decides nothing of its own."""
