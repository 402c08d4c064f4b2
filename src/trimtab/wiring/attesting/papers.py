"""Keys and papers as files: read, checked for what they are, and written in their one form."""

import secrets
from collections.abc import Sequence
from pathlib import Path

from trimtab.attest.canonical import file_text, read_file_text
from trimtab.attest.keys import KEY_MARK, KeyPair, key_pair, public_key_of, read_private_key
from trimtab.errors import InputError, StorageError
from trimtab.model.json import Json
from trimtab.store.attested import new_file, read_bytes, read_text

__all__ = ["key", "paper_bytes", "private_key", "public_keys", "read_paper"]


def key(name: str | Path) -> KeyPair:
    """Make an Ed25519 key pair: NAME.pem, for its owner alone, and NAME.pub.pem, to be given away.

    Parameters
    ----------
    name
        Name or path without ending.

    Raises
    ------
    InputError
        If one of the two files is there already.

    Examples
    --------
    >>> import tempfile, trimtab as tt
    >>> with tempfile.TemporaryDirectory() as place:
    ...     made = tt.attest.key(place + "/manager")
    ...     names = sorted(p.name for p in Path(place).iterdir())
    >>> names, made.public[:8]
    (['manager.pem', 'manager.pub.pem'], 'ed25519:')
    """
    stem = Path(name)
    if not stem.parent.is_dir():
        raise StorageError(expected=f"a folder {stem.parent}", found="there is none", try_next="make it first")
    made = key_pair(secrets.token_bytes(32))
    public = stem.with_name(stem.name + ".pub.pem")
    with (
        new_file(public, made.public_pem),
        new_file(stem.with_name(stem.name + ".pem"), made.private_pem, private=True),
    ):
        pass
    return made


def private_key(path: str | Path) -> bytes:
    """Read a private key, and make sure now that it is one."""
    content = read_bytes(Path(path), "a private key")
    read_private_key(content, str(path))
    return content


def public_keys(named: Sequence[str | Path]) -> tuple[str, ...]:
    """Give public keys as text: each from a PEM file, or written out."""
    return tuple(
        public_key_of(str(one), "signer")
        if str(one).startswith(KEY_MARK)
        else public_key_of(read_bytes(Path(one), "a public key"), str(one))
        for one in named
    )


def read_paper(path: str | Path) -> dict[str, Json]:
    """Read a document of trimtab attest from its file."""
    return read_file_text(read_text(Path(path), "a document of trimtab attest"), str(path))


def paper_bytes(document: "dict[str, Json]") -> bytes:
    """Give a document as its file holds it."""
    return file_text(document).encode("utf-8")


def refuse_present(*paths: str | Path | None) -> None:
    """Refuse to begin where a file that is to be written is there already."""
    for path in paths:
        if path is not None and Path(path).exists():
            raise InputError(
                expected=f"a new file {path}", found="one of that name: what was attested is never written over",
                try_next="choose another name, or move the old one away",
            )  # fmt: skip
        if path is not None and not Path(path).absolute().parent.is_dir():
            raise StorageError(
                expected=f"a folder {Path(path).parent}", found="there is none", try_next="make it first"
            )
