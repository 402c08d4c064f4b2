"""Signatures: Ed25519 (RFC 8032) by the package `cryptography`, keys as PEM."""

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final

from trimtab.attest.canonical import canonical_bytes
from trimtab.errors import FileFormatError, MissingExtraError
from trimtab.model.json import Json

__all__ = [
    "KEY_MARK", "PEM_KEY", "KeyPair", "Signature", "is_signed", "key_pair", "public_key_of", "read_private_key", "sign",
    "signature_failure",
]  # fmt: skip

#: How a public key begins where it is written as text.
KEY_MARK = "ed25519:"
_DOMAIN = b"trimtab.attest.signature/1"
#: The field of the curve, and the y of its points of order 1, 2, 4 and 8 (the last from d y^4 + 2 y^2 = 1): under such
#: a key a signature of noughts fits every content, or one in eight, so anybody has signed with it.
_FIELD: Final = 2**255 - 19
_Y_OF_ORDER_8: Final = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
_WEAK: Final = frozenset({0, 1, _FIELD - 1, _Y_OF_ORDER_8, _FIELD - _Y_OF_ORDER_8})
PEM_KEY = "a key as trimtab attest key writes it, Ed25519 in PEM"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A key pair: the private half as PEM (PKCS 8), the public half as PEM and as text."""

    private_pem: bytes = field(repr=False)
    public_pem: bytes
    public: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed.

    Parameters
    ----------
    role
        "manager", "custodian", "checker" or another word; the signature covers it.
    key
        Public key, ``ed25519:`` and 64 hexadecimal digits.
    signature
        128 hexadecimal digits.
    """

    role: str
    key: str
    signature: str


def key_pair(seed: bytes) -> KeyPair:
    """Make a key pair of thirty-two bytes that nobody can guess.

    Examples
    --------
    >>> made = key_pair(bytes(range(32)))
    >>> signed = sign({"beta": "1.00"}, "a paper/1", "manager", made.private_pem)
    >>> signed.key == made.public, is_signed({"beta": "1.00"}, "a paper/1", signed)
    (True, True)
    >>> is_signed({"beta": "1.01"}, "a paper/1", signed)
    False
    """
    ed25519, serialization = _ed25519(), _serialization()
    private = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    return KeyPair(
        private_pem=private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        public_pem=private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
        public=_text_of(private.public_key()),
    )


def read_private_key(pem: bytes, name: str) -> Any:
    """Read the private half of a key.

    Raises
    ------
    FileFormatError
        If it is none.
    """
    try:
        key = _serialization().load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise FileFormatError(
            expected=f"{name}: the private half of {PEM_KEY}", found=str(error).partition("\n")[0][:120],
            try_next="give the file NAME.pem that trimtab attest key NAME made, not NAME.pub.pem",
        ) from None  # fmt: skip
    if not isinstance(key, _ed25519().Ed25519PrivateKey):
        raise FileFormatError(
            expected=f"{name}: the private half of {PEM_KEY}", found="a key of another kind",
            try_next="make one with trimtab attest key NAME",
        )  # fmt: skip
    return key


def public_key_of(words: str | bytes, name: str) -> str:
    """Give a public key as text, from a PEM file's content or from that text.

    Raises
    ------
    FileFormatError
        If it is none.
    """
    if isinstance(words, str):
        digits = words.removeprefix(KEY_MARK)
        if words.startswith(KEY_MARK) and len(digits) == 64 and set(digits) <= set("0123456789abcdef"):
            return _strong(words, name)
        raise FileFormatError(
            expected=f"{name}: a public key, {KEY_MARK} and 64 hexadecimal digits", found=repr(words[:80]),
            try_next="copy the line that trimtab attest key printed, or give the file NAME.pub.pem",
        )  # fmt: skip
    try:
        key = _serialization().load_pem_public_key(words)
    except ValueError:
        private = b"PRIVATE KEY" in words
        raise FileFormatError(
            expected=f"{name}: the public half of {PEM_KEY}",
            found="a private key" if private else "no public key",
            try_next="give the file NAME.pub.pem; a private key stays with its owner",
        ) from None
    if not isinstance(key, _ed25519().Ed25519PublicKey):
        raise FileFormatError(
            expected=f"{name}: the public half of {PEM_KEY}", found="a key of another kind",
            try_next="make one with trimtab attest key NAME",
        )  # fmt: skip
    return _strong(_text_of(key), name)


def _strong(key: str, name: str) -> str:
    if not _is_strong(bytes.fromhex(key.removeprefix(KEY_MARK))):
        raise FileFormatError(
            expected=f"{name}: a public key that only its owner can sign with",
            found=f"{key}, under which anybody can sign", try_next="ask its owner for one that trimtab made",
        )  # fmt: skip
    return key


def _is_strong(raw: bytes) -> bool:
    """Tell whether a key is written in its one form (RFC 8032, section 5.1.3), and is no point of small order."""
    y = int.from_bytes(raw, "little") & ((1 << 255) - 1)
    return y < _FIELD and y not in _WEAK


def sign(content: Json, schema: str, role: str, private_pem: bytes, *, name: str = "the key") -> Signature:
    """Sign content under the name of its schema and a role, so that no signature fits another paper or role."""
    key = read_private_key(private_pem, name)
    made: bytes = key.sign(_message(content, schema, role))
    return Signature(role=role, key=_text_of(key.public_key()), signature=made.hex())


def is_signed(content: Json, schema: str, signature: Signature) -> bool:
    """Tell whether a signature is one of its key under this content."""
    invalid: Any = import_module("cryptography.exceptions").InvalidSignature if _ed25519() else Exception
    try:
        raw, made = bytes.fromhex(signature.key.removeprefix(KEY_MARK)), bytes.fromhex(signature.signature)
        if signature.key != KEY_MARK + raw.hex() or signature.signature != made.hex() or not _is_strong(raw):
            return False
        _ed25519().Ed25519PublicKey.from_public_bytes(raw).verify(made, _message(content, schema, signature.role))
    except (invalid, ValueError):
        return False
    return True


def signature_failure(content: Json, schema: str, signatures: tuple[Signature, ...]) -> str | None:
    """Say which of several signatures is none; None if each is one."""
    if len({(one.role, one.key) for one in signatures}) != len(signatures):
        return "the same key signed twice in one role"
    for one in signatures:
        if not is_signed(content, schema, one):
            return f"the signature of the {one.role} ({one.key}) does not fit: the paper or the signature was changed"
    return None


def _message(content: Json, schema: str, role: str) -> bytes:
    return b"\x00".join([_DOMAIN, schema.encode(), role.encode(), canonical_bytes(content)])


def _text_of(key: Any) -> str:
    serialization = _serialization()
    raw: bytes = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return KEY_MARK + raw.hex()


def _ed25519() -> Any:
    return _part("cryptography.hazmat.primitives.asymmetric.ed25519")


def _serialization() -> Any:
    return _part("cryptography.hazmat.primitives.serialization")


def _part(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise MissingExtraError(
            expected="the package cryptography, for signatures", found="not installed",
            try_next="install the extra: pip install 'trimtab[attest]'",
        ) from None  # fmt: skip
