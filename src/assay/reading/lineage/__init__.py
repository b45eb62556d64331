"""What other tools wrote down of how data came about: a file per tool. Their text is parsed with limits; the tools never run."""
