"""Keys of persons and verifiers, as the shells use them."""

from assay.proof.keys import PublicKey, Signer
from assay.store.keys import key_folder, new_key, open_signer, public_key

__all__ = ["PublicKey", "Signer", "key_folder", "new_key", "open_signer", "public_key"]
