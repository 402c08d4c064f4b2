"""Who may ask: a key for one sign-in becomes a session, and neither is kept in clear."""

import hashlib
import hmac
import secrets

__all__ = ["COOKIE", "Keys"]

#: Name of the cookie of a session.
COOKIE = "trimtab_session"


def _digest(word: str) -> bytes:
    return hashlib.sha256(word.encode("utf-8", "replace")).digest()


class Keys:
    """The key for one sign-in, and the session that it opened.

    Examples
    --------
    >>> keys = Keys()
    >>> key = keys.issue()
    >>> session = keys.sign_in(key)
    >>> keys.knows(session), keys.sign_in(key), keys.knows("guess")
    (True, None, False)
    """

    def __init__(self) -> None:
        self._key: bytes | None = None
        self._session: bytes | None = None

    def issue(self) -> str:
        """Give a key that signs in once."""
        key = secrets.token_urlsafe(32)
        self._key = _digest(key)
        return key

    def sign_in(self, key: str) -> str | None:
        """Take the key and give the word of a session; None if it is wrong or was used."""
        if self._key is None or not hmac.compare_digest(self._key, _digest(key)):
            return None
        self._key = None
        session = secrets.token_urlsafe(32)
        self._session = _digest(session)
        return session

    def knows(self, session: str) -> bool:
        """Say whether a word is that of the session."""
        return self._session is not None and hmac.compare_digest(self._session, _digest(session))
