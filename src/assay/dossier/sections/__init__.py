"""The sections of the dossier, a file each: from the record to blocks."""
