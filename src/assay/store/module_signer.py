"""A key that never leaves a security module or a cloud service: securesystemslib reaches it by a URI.

https://github.com/secure-systems-lab/securesystemslib (``Signer.from_priv_key_uri``): ``hsm:2?label=TOKEN`` for PKCS#11,
``gcpkms:``, ``awskms:``, ``azurekms:``, ``hv:`` (HashiCorp Vault). It is the extra ``hsm``, and imported here alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_public_key

from assay.domain.errors import AssayError, ExitCode
from assay.proof.keys import PublicKey, in_one_form

SCHEME = "ecdsa-sha2-nistp256"
IN_THE_CLEAR = frozenset({"file2", "file", "envvar"})
"""Schemes of securesystemslib that read a private key which nothing protects."""


class ModuleTrouble(AssayError):
    """A security module or a service does not sign."""

    exit_code = ExitCode.NO_VERDICT


class ModuleSigner:
    """Signs with a key that is elsewhere; what comes back is believed only when the public half verifies it."""

    __slots__ = ("_ask", "_uri", "name", "public")

    def __init__(self, name: str, uri: str, public: PublicKey, ask: Callable[[str], str]) -> None:
        """A key by its URI; ``ask`` is for its PIN, called with the key's name when the module wants one.

        Raises:
            ModuleTrouble: ``signer_uri`` when the URI has no scheme, or one that reads an unprotected key.
        """
        scheme, colon, _ = uri.partition(":")
        if not colon or not scheme.isalnum() or scheme.lower() in IN_THE_CLEAR:
            raise ModuleTrouble(
                f"The key {name!r} is to be a URI of a security module or service, such as hsm:2?label=TOKEN; found {scheme!r}.",
                code="signer_uri",
                remedy="A key in a file is kept encrypted: assay keys new NAME",
            )
        self.name, self._uri, self._ask, self.public = name, uri, ask, public

    def sign(self, message: bytes) -> bytes:
        """An ECDSA signature over SHA-256 of the message, in DER.

        Raises:
            ModuleNotFoundError: of ``securesystemslib``, which the shells tell with the extra that brings it.
            ModuleTrouble: ``signer_failed`` with what the module says, ``signer_other_key`` when another key signed.
        """
        from securesystemslib.signer import Signer, SSlibKey  # type: ignore[attr-defined]

        secrets: list[str] = []

        def asked(what: str) -> str:  # noqa: ARG001 - "pin"; a person knows the key by its name
            secrets.append(self._ask(self.name))
            return secrets[-1]

        try:
            key = SSlibKey.from_crypto(load_pem_public_key(self.public.pem.encode()), scheme=SCHEME)
            made: Any = Signer.from_priv_key_uri(self._uri, key, asked).sign(message)
            # A module chooses s or n - s as it likes; ours have one form, and nothing else verifies.
            signature = in_one_form(bytes.fromhex(made.signature))
        except Exception as wrong:  # noqa: BLE001 - drivers and services raise whatever they like; this is their boundary
            raise ModuleTrouble(
                f"The key {self.name!r} did not sign: {_told(wrong, secrets)}",
                code="signer_failed",
                remedy="See that the module is plugged in, that its driver is named, and that the PIN is right.",
            ) from None
        if not self.public.verifies(signature, message):
            raise ModuleTrouble(
                f"What the module signed for {self.name!r} is not by the key whose public half is kept.",
                code="signer_other_key",
                remedy="Compare the URI with the key in the module, and export its public half again.",
            )
        return signature

    def __repr__(self) -> str:
        return f"ModuleSigner({self.name}, {self.public.key_id[:12]})"


def _told(wrong: Exception, secrets: list[str]) -> str:
    """What was raised, without a secret that a driver may quote."""
    said = str(wrong)
    for secret in filter(None, secrets):
        said = said.replace(secret, "***")
    return f"{type(wrong).__name__}{f': {said}' if said else ''}"[:300].rstrip(".") + "."
