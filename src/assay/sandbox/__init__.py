"""Child processes: what is hostile is loaded and asked there, over an inherited pipe, under limits."""
