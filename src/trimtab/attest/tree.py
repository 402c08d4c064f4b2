"""A Merkle tree of salted leaves: one root stands for all, and any leaf can be shown without the others.

    leaf = SHA-256("trimtab.attest.leaf/1" 0x00 salt content)
    node = SHA-256("trimtab.attest.node/1" 0x00 left right)

`content` are canonical bytes, `salt` thirty-two bytes that nobody can guess: without them a leaf could be found by
trying all likely contents. The two prefixes keep a node from being passed off as a leaf (Merkle 1987; the prefixes as
in RFC 9162, section 2.1). The tree is full: what is missing up to a power of two is filled with leaves that say
nothing, and leaves stand in order of their hashes, so neither place nor number says more than an upper bound.
"""

import hashlib
from collections.abc import Sequence

from trimtab.attest.canonical import canonical_bytes
from trimtab.model.json import Json

__all__ = ["LEAST_LEAVES", "SALT_BYTES", "full_size", "leaf_hash", "path_of", "root_of", "root_over"]

SALT_BYTES = 32
#: A smaller tree would say how small a book is.
LEAST_LEAVES = 16
_LEAF, _NODE = b"trimtab.attest.leaf/1\x00", b"trimtab.attest.node/1\x00"


def leaf_hash(salt: bytes, content: Json) -> bytes:
    """Give the hash of a leaf."""
    return hashlib.sha256(_LEAF + salt + canonical_bytes(content)).digest()


def full_size(count: int) -> int:
    """Give the number of leaves of the tree that holds so many.

    Examples
    --------
    >>> full_size(3), full_size(16), full_size(17)
    (16, 16, 32)
    """
    return max(LEAST_LEAVES, 1 << (count - 1).bit_length())


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Give the root over a power of two of leaf hashes.

    Examples
    --------
    >>> left, right = leaf_hash(bytes(32), "a"), leaf_hash(bytes(32), "b")
    >>> root_of([left, right]) == root_over(left, 0, path_of([left, right], 0))
    True
    """
    level = list(leaves)
    while len(level) > 1:
        level = [_node(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


def path_of(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Give the neighbours on the way from a leaf up to the root, lowest first."""
    path, level = [], list(leaves)
    while len(level) > 1:
        path.append(level[index ^ 1])
        level = [_node(level[i], level[i + 1]) for i in range(0, len(level), 2)]
        index >>= 1
    return tuple(path)


def root_over(leaf: bytes, index: int, path: Sequence[bytes]) -> bytes:
    """Give the root that a leaf at a place leads to along its path."""
    at = leaf
    for neighbour in path:
        at = _node(neighbour, at) if index & 1 else _node(at, neighbour)
        index >>= 1
    return at


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
