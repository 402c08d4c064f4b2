"""Interactive Brokers' Flex web service, version 3: a query is run there, and its statement fetched when it is ready.

Two requests, both with the token in the address: ``SendRequest`` gives a reference, ``GetStatement`` the statement once
it has been made; until then it answers with code 1019. Source: "Flex Web Service", IBKR Campus API documentation
(read in November 2026). Not tried on a live account.

The address that the first answer names is not used: a token goes to the address of the settings and nowhere else.
"""

import datetime as dt
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

from trimtab.desk.watch.fetching import Answer
from trimtab.errors import FileFormatError
from trimtab.feeds.statements.formats.markup import children, local, parse
from trimtab.feeds.venues.web import Web

__all__ = ["FlexService"]

ADDRESS = "https://ndcdyn.interactivebrokers.com/AccountManagement/FlexWebService"
#: Codes of a service that should be asked again: in use, not ready, too often.
_LATER = frozenset({"1001", "1003", "1004", "1005", "1006", "1007", "1008", "1009", "1018", "1019", "1021"})
#: What else a code means to whoever asks.
_ADVICE = {
    "1011": "activate the Flex web service in the client portal",
    "1012": "make a new token in the client portal, and put it where the settings say",
    "1013": "ask from the address that the token was made for",
    "1014": "correct query under [fetch.NAME]: the number of the Flex query",
    "1015": "look whether the token is whole, or make a new one in the client portal",
    "1016": "look whether the account is open",
}
#: Seconds between two looks; the service makes a statement within seconds, and turns away who asks ten times a minute.
_PAUSE = 6.0


class FlexService:
    """A Flex query that is run.

    Parameters
    ----------
    query
        Its number.
    token
        Of the web service.
    web
        How it is reached.
    """

    def __init__(self, *, query: str, token: str, web: Web) -> None:
        self._query, self._token, self._web = query, token, web

    @property
    def label(self) -> str:
        """Where its facts come from."""
        return f"flex:{self._query}"

    def ask(self, now: dt.datetime) -> Answer:
        """Run the query, and give its statement as it comes.

        Raises
        ------
        ServiceError
            If the service refuses, is not ready by the deadline, or gives no whole statement.
        """
        reference = self._made(self._query, "SendRequest").findtext("ReferenceCode") or ""
        if not reference.isdecimal():
            raise self._web.error("no reference of the statement", "ask again")
        root = self._made(reference, "GetStatement")
        if local(root) != "FlexQueryResponse":
            raise self._web.error(f"a document {local(root)!r}", "look whether the query is an activity query in XML")
        return Answer(content=self._content, suffix=".xml", kind=None, **self._looked_at(root, now))

    def _made(self, what: str, step: str) -> Element:
        """Ask for a step until it is done."""
        while True:
            address = f"{ADDRESS}/{step}?{urlencode({'t': self._token, 'q': what, 'v': '3'})}"
            page = self._web.send(address, headers={"User-Agent": "Python/trimtab"})
            if page.status != 200:
                raise self._web.error(f"HTTP {page.status} to {step}", "look whether the service is up")
            self._content = page.body
            try:
                root = parse(page.body, name=f"the answer to {step}")
            except FileFormatError as error:
                raise self._web.error(
                    error.found, "ask again; if it stays so, look whether url is the service's"
                ) from None
            if local(root) != "FlexStatementResponse" or root.findtext("Status") == "Success":
                return root
            code, words = root.findtext("ErrorCode") or "?", (root.findtext("ErrorMessage") or "no words")[:200]
            if code not in _LATER:
                advice = _ADVICE.get(code, "look the code up in the documentation of the Flex web service")
                raise self._web.error(f"code {code}: {words}", advice)
            self._web.pause(_PAUSE, f"code {code}: {words}")

    def _looked_at(self, root: Element, now: dt.datetime) -> dict[str, tuple[str, ...]]:
        """Refuse a statement that is not whole, and say what is odd."""
        statements = list(children(root, "FlexStatement"))
        stated = next((e.get("count", "") for e in children(root, "FlexStatements")), "")
        if not statements:
            raise self._web.error("a document without a statement", "look whether the query names an account")
        if stated.isdecimal() and int(stated) != len(statements):
            raise self._web.error(f"{len(statements)} of {stated} statements", "ask again")
        if self._token.encode() in self._content:
            raise self._web.error("a statement in which the token stands", "look whether url is the service's")
        days = sorted({e.get("toDate", "") for e in statements} - {""})
        late = [day for day in days if day.replace("-", "") > f"{now:%Y%m%d}"]
        return {
            "notes": (f"{len(statements)} statement(s) up to {days[-1] if days else 'a day they do not say'}",),
            "doubts": tuple(f"a statement up to {day}, which is still to come by this machine's clock" for day in late),
        }
