"""What an outsider checks with: canonical bytes, digests, signatures, the Merkle log, statements, bundles. No I/O."""
