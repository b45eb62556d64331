"""Who was handed something: a model, a certificate, a pack. Needs no log."""
