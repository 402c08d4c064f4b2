"""Rows of text become facts: one word says the kind, columns the rest; what cannot be right is refused with its row.

Kinds: buy sell short cover trade | deposit withdrawal transfer_in transfer_out conversion | interest fee tax funding
borrow_cost rebate gain | dividend special_dividend dividend_in_lieu coupon stock_dividend | split spin_off merger
symbol_change multiplier_change delisting | exercised assigned expired cash_settled settlement roll delivery |
cancellation. `trade` needs a signed quantity. A row with a `target` corrects the fact of that id.

Columns bear the names of the facts' fields (`trimtab.ledger.facts`), with date, symbol, currency (GBX means pence) and,
where another thing comes into it, into and into_price.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from trimtab.errors import Failure, FileFormatError, InputError, Reason
from trimtab.ledger.entry.columns import InstrumentOf, Row
from trimtab.ledger.entry.makers import MAKERS
from trimtab.ledger.facts.amendments import Cancellation, Correction, Fact

__all__ = ["InstrumentOf", "ReadFacts", "fact_of_record", "facts_of_records"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFacts:
    """What rows became.

    Parameters
    ----------
    facts
        In the rows' order.
    failures
        Rows that were left out, each with its reason.
    """

    facts: tuple[Fact, ...]
    failures: tuple[Failure, ...] = ()


def facts_of_records(
    records: Sequence[tuple[str, Mapping[str, str]]],
    *,
    instrument_of: InstrumentOf = lambda _record: None,
    keep_rest: bool = False,
) -> ReadFacts:
    """Make facts of rows.

    Parameters
    ----------
    records
        (where: file and row; columns) pairs.
    instrument_of
        Reads what a row describes.
    keep_rest
        Whether rows that are right are kept where others are not; otherwise one wrong row refuses them all.

    Raises
    ------
    InputError
        If a row is wrong and the rest is not to be kept; it names every such row.

    Examples
    --------
    >>> rows = [("f.csv row 2", {"date": "2024-01-02", "kind": "split", "symbol": "A", "new": "0"})]
    >>> print(facts_of_records(rows, keep_rest=True).failures[0])  # doctest: +ELLIPSIS
    f.csv row 2: a positive number of new units in the split of A was expected, 0 ... found (malformed_row)
    """
    signed = any(r.get("quantity", "").strip()[:1] in ("-", "+", "(") for _, r in records)
    facts: list[Fact] = []
    failures: list[Failure] = []
    errors: list[InputError] = []
    for where, record in records:
        try:
            facts.append(fact_of_record(record, where, instrument_of=instrument_of, signed=signed))
        except InputError as error:
            errors.append(error)
            what_was_found = error.found.replace(f" ({where})", "")
            failures.append(
                Failure(
                    where=where,
                    reason=Reason.MALFORMED_ROW,
                    detail=f"{error.expected} was expected, {what_was_found} found",
                )
            )
    if len(errors) == 1 and not keep_rest:
        raise errors[0]
    if failures and not keep_rest:
        raise FileFormatError(
            expected="rows that are all facts",
            found="; ".join(str(f) for f in failures[:5])
            + (f"; {len(failures) - 5} more" if len(failures) > 5 else ""),
            try_next="correct these rows; nothing of the file was kept",
        )
    return ReadFacts(facts=tuple(facts), failures=tuple(failures))


def fact_of_record(
    record: Mapping[str, str],
    where: str,
    *,
    instrument_of: InstrumentOf = lambda _record: None,
    signed: bool = True,
) -> Fact:
    """Make a fact of one row.

    Parameters
    ----------
    record
        Columns by name, as text; empty = not said.
    where
        File and row.
    instrument_of
        Reads what the row describes.
    signed
        Whether quantities of the file have signs, so that one without is positive.

    Raises
    ------
    InputError
        If it is no fact; the message names the row.
    """
    row = Row({k: v.strip() for k, v in record.items() if v and v.strip()}, where, instrument_of)
    kind = row.text("kind", default="trade").lower().replace(" ", "_")
    if kind == "cancellation":
        return Cancellation(target=row.text("target", "id"), day=row.day("date"), source=where)
    maker = MAKERS.get(kind)
    if maker is None:
        raise row.refuse(
            expected=f"a kind of fact: {', '.join(sorted(MAKERS))} or cancellation",
            found=f"{kind!r}",
            try_next="write one of these, or leave out rows that say nothing about the book",
        )
    try:
        fact = maker(row, kind, signed)
    except InputError as error:
        if where in error.found:
            raise
        raise row.refuse(expected=error.expected, found=error.found, try_next=error.try_next) from None
    target = row.columns.get("target")
    named = replace(fact, time=row.time(), id=None if target else row.columns.get("id"), source=where)
    if target is None:
        return named
    number = int(row.number("number"))
    return Correction(target=target, fact=named, number=number, id=row.columns.get("id"), source=where)
