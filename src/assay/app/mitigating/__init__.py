"""The search for a fairer model: candidates are trained on the training rows and held against the original on development rows."""
