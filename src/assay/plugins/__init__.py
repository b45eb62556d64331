"""Checks of other packages: found by their entry points, bound by digest, and run in a fenced child each.

Nothing of such a package is imported by the process that decides, nor by its workers. ``guest.py`` is what its child runs;
everything else is the parent's side.
"""
