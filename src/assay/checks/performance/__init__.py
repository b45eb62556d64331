"""Performance: how often the decisions are right, how well scores rank, and whether they mean what they say."""
