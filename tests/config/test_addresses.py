"""Addresses in settings are looked at when settings are: a hook that cannot be one is a mistake."""

import pytest

from trimtab.config.checks import WrongValueError, url

HOOK = url("an address", "https", "http")
JOURNAL = url("an address", "sqlite", "postgresql")


@pytest.mark.parametrize(
    "address", ["http://[x", "http://a:b/", "https://a:99999/", "http://", "https://:80/", "http://a:0/"]
)
def test_address_that_is_none_is_refused(address):
    with pytest.raises(WrongValueError):
        HOOK.read(address)


@pytest.mark.parametrize("address", ["postgresql://h:abc/db", "postgresql://[x/db", "postgresql://h:1:2/db"])
def test_server_that_cannot_be_asked_is_refused(address):
    with pytest.raises(WrongValueError):
        JOURNAL.read(address)


@pytest.mark.parametrize(
    "address", ["https://example.org/a", "http://127.0.0.1:8080/x?y=1", "http://[::1]:80/", "env:HOOK"]
)
def test_address_is_taken_as_it_is(address):
    assert HOOK.read(address) == address


@pytest.mark.parametrize("address", ["postgresql:///db", "postgresql+psycopg://u:p@h/d", "sqlite:////tmp/a b.db"])
def test_journal_is_taken_as_it_is(address):
    assert JOURNAL.read(address) == address
