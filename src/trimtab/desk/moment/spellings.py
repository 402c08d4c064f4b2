"""What a position that prices do not know may be meant to be: another spelling, a code, money by another name."""

import re
from collections.abc import Iterator, Sequence

from trimtab.errors import Reason
from trimtab.exposure.expose import Exposure
from trimtab.model.names.shares import same_share
from trimtab.model.near import nearest

__all__ = ["spelling_notes"]

#: Coins that promise to be worth one unit of a currency. A hint only: what is held is never taken to be money.
_STABLE = {
    "USDT": "USD", "USDC": "USD", "DAI": "USD", "TUSD": "USD", "FDUSD": "USD", "USDP": "USD", "PYUSD": "USD",
    "BUSD": "USD", "EURC": "EUR", "EURT": "EUR",
}  # fmt: skip
#: Nasdaq's fifth letter X is a mutual fund, and money market funds end in XX; brokers put stars behind sweep funds.
_MONEY_FUND = re.compile(r"[A-Z]{3}XX\**")
#: An ISIN: country, nine letters or digits, a check digit.
_CODE = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")
#: Most symbols without prices for which names like theirs are looked for.
_ASKED = 20


def spelling_notes(exposure: Exposure, symbols: Sequence[str]) -> tuple[str, ...]:
    """Say of each position that prices do not know what it may be called, where its name tells.

    One whose statement gave a price has a value, and no beta: it is asked about as one without a value is.

    Parameters
    ----------
    exposure
        The measured portfolio.
    symbols
        What has prices.

    Examples
    --------
    >>> same_share("BRK.B", "BRK-B"), bool(_MONEY_FUND.fullmatch("SPAXX**"))
    (True, True)
    """
    unknown = {Reason.UNKNOWN_INSTRUMENT, Reason.NO_RATE}
    lost = [
        p.asset
        for p in exposure.positions
        if (p.value is None and p.reason in unknown) or (p.reason is Reason.NO_BETA and p.asset not in symbols)
    ]
    # Whoever lost more has other prices than the book's, and no use for a list of likenesses.
    near_to = symbols if len(lost) <= _ASKED else ()
    return tuple(note for asset in lost for note in _notes(asset, symbols, near_to, exposure.base))


def _notes(asset: str, symbols: Sequence[str], near_to: Sequence[str], base: str) -> Iterator[str]:
    near = [symbol for symbol in symbols if symbol != asset and same_share(asset, symbol)]
    if near:
        yield f"{asset} has no prices: did you mean {' or '.join(near)}? Then write that symbol in the holdings"
    elif _CODE.fullmatch(asset):
        yield (
            f"{asset} is a security code, and no prices stand under it: write its symbol in the holdings, or in a "
            f"workspace trimtab config set aliases.{asset}.symbol SYMBOL and import the file again"
        )
    elif asset.upper() in _STABLE:
        money = _STABLE[asset.upper()]
        yield f"{asset} is not taken for money by itself: write {money} if it counts as that, or give its prices"
    elif _MONEY_FUND.fullmatch(asset.upper()):
        yield f"{asset} looks like a money market fund: write its currency ({base}) if it counts as cash, or its price"
    elif hint := nearest(asset, near_to, most=3):
        yield f"{asset} has no prices: {hint} Then write that in the holdings, else give its prices"
