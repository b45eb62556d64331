"""One key is one key in a policy, however it is written: a threshold of two is never met by one person."""

from __future__ import annotations

import base64
import datetime as dt

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError
from tests.world import KEYS, START, World, policy

from assay.domain.entry import Action
from assay.domain.plain import to_plain
from assay.domain.policy import HeldKey, Policy
from assay.domain.refusal import Refused
from assay.proof import words
from assay.proof.bundle import sign
from assay.proof.canonical import digest_of_document
from assay.proof.keys import PrivateKey, PublicKey

KEY = PrivateKey.new().public


def rewrapped(pem: str, width: int, end: str = "\n") -> str:
    body = "".join(pem.split("\n")[1:-2])
    lines = [body[at : at + width] for at in range(0, len(body), width)]
    return end.join(("-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""))


def compressed(pem: str) -> str:
    """The same key with one coordinate of its point and the sign of the other."""
    key = serialization.load_pem_public_key(pem.encode())
    assert isinstance(key, ec.EllipticCurvePublicKey)
    point = key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    der = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + point
    return rewrapped(f"x\n{base64.b64encode(der).decode()}\nx\n", 64)


OTHER_TEXTS = {
    "lines of 40": rewrapped(KEY.pem, 40),
    "one line": rewrapped(KEY.pem, 999),
    "line ends of another system": rewrapped(KEY.pem, 64, "\r\n"),
    "a word before": "mine:\n" + KEY.pem,
    "a blank in it": KEY.pem.replace("MFk", "MFk "),
    "a compressed point": compressed(KEY.pem),
}


def held(pem: str, holder: str = "ann") -> HeldKey:
    return HeldKey(
        holder=holder, key=pem, valid_from=START, valid_until=START + dt.timedelta(days=9), roles=()
    )


def test_two_root_keys_of_one_person_meet_no_threshold_of_two() -> None:
    names = tuple(policy().keys)[:2]
    assert policy(roots=names, root_threshold=2).root_threshold == 2
    one = {name: policy().keys[name].model_copy(update={"holder": "ria"}) for name in names}
    with pytest.raises(ValidationError, match="more persons than hold root keys"):
        policy(keys=policy().keys | one, roots=names, root_threshold=2)


@pytest.mark.parametrize("other", ["Jose\u0301", "JOS\u00c9", " Jos\u00e9 "])
def test_a_name_in_two_spellings_is_no_second_person(other: str) -> None:
    first, second = tuple(policy().keys)[:2]
    keys = dict(policy().keys)
    keys[first] = keys[first].model_copy(update={"holder": "Jos\u00e9"})
    keys[second] = keys[second].model_copy(update={"holder": other})
    with pytest.raises(ValidationError, match="one name in two spellings"):
        policy(keys=keys)


@pytest.mark.parametrize("how", OTHER_TEXTS)
def test_a_policy_takes_one_text_of_a_key(how: str) -> None:
    assert PublicKey(OTHER_TEXTS[how]) == KEY  # whatever reads keys would take it
    with pytest.raises(ValidationError, match="64 characters a line"):
        held(OTHER_TEXTS[how])
    assert held(KEY.pem).key == KEY.pem.strip()


def test_one_key_under_two_names_is_refused_by_who_reads_the_policy() -> None:
    with pytest.raises(ValidationError, match="'root' and 'second' are one key"):
        policy(keys=policy().keys | {"second": held(KEYS["root"].public.pem, "another")})


def test_a_log_refuses_one_key_in_two_texts_whatever_its_writer_believes() -> None:
    """The writer's program may read keys otherwise than ours: the entry is made by hand."""
    honest = policy(
        keys=policy().keys | {"second": held(KEY.pem)}, roots=("root", "second"), root_threshold=2
    )
    plain = to_plain(honest, Policy)
    for text in (rewrapped(KEYS["root"].public.pem, 40), KEYS["root"].public.pem.strip()):
        plain["keys"]["second"]["key"] = text
        digest = digest_of_document(plain)
        said = words.policy_statement(digest, organisation=honest.organisation, version=1).plain()
        with pytest.raises(Refused) as refused:
            World().add(Action.POLICY_SET, digest, {"policy": plain}, sign(said, KEYS["root"]))
        assert refused.value.refusal.because.value == "policy_broken"
