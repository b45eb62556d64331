"""What a domain asks of a model, as data: a YAML file for each, from which ``assay init --template`` starts a specification."""
