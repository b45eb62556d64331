"""One file per way to make a candidate: ``train(training)`` returns a fitted model and what was found on the way.

They run in a child that is handed arrays and nothing else. ``deployed.py`` is what a candidate file may hold beside
scikit-learn's own types: it needs numpy alone, so that a candidate runs wherever this package can be imported.
"""
