"""What is kept: blobs under their digest, beside the specification in ``.assay/``."""
