"""What a child gives up before it meets anything hostile. Standard library alone, from Python 3.10 on: it runs in any interpreter."""
