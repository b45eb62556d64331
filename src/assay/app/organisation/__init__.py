"""The log and who signs: what an organisation writes down about itself and its models."""
