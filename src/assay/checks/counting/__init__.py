"""What several checks count alike, and what one counts that is too long to stand in its file: no check imports another."""
