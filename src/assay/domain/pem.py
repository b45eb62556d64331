"""The one text by which a P-256 public key is written: two texts of one key would pass for two keys."""

from __future__ import annotations

import base64
import binascii
import textwrap

_BEFORE, _AFTER = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
_KIND = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
"""A SubjectPublicKeyInfo of a P-256 key up to its two coordinates: the named curve, an uncompressed point (RFC 5480, section 2)."""
_COORDINATES = 64


def is_one_form(pem: str) -> bool:
    """Whether a text is a P-256 key in PEM as it is generated (RFC 7468, section 2): 64 characters a line, nothing around it.

    Whether its coordinates are a point of the curve is not asked here.
    """
    try:
        der = base64.b64decode("".join(pem.split("\n")[1:-1]), validate=True)
    except (binascii.Error, ValueError):
        return False
    lines = textwrap.wrap(base64.b64encode(der).decode(), 64)
    return (
        pem == "\n".join((_BEFORE, *lines, _AFTER))
        and der.startswith(_KIND)
        and len(der) == len(_KIND) + _COORDINATES
    )
