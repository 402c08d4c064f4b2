"""Facts in, books out: the one place that turns what happened into positions, money, income and lots.

    facts/      one typed record for each kind of thing that happens
    order       by day, kind and stated time, never by row
    fold        facts onto a book, each wholly or not at all; `effects/` has what each kind does
    ledger      the book of any day, what each fact did, and more facts
    statement   NAV(t) - NAV(s) = flows + income - expense + gains, in base currency
    returns     time-weighted, money-weighted (XIRR), modified Dietz
    rows, beancount    what is written out

Every fact is postings that sum to zero in each currency. Nothing here reads a file, a clock or a price table: what a
price or a rate was is an argument, or a fact.

How others stand on it
    workspace    entries of the journal become facts (`records.fact_of_record`), one `Ledger` for an account;
                 `Book.portfolio` is what `holdings`, `review` and `plan` read, `Book.whole` whether they may judge
    performance  `statement.statement` for each interval between prices, `returns.time_weighted` over them;
                 income, cost and currency are rows of their own in the attribution
    cost basis   `Ledger.entries` has each `Disposal`; `Rules.method` chooses among five ways; `Holding.lots` is left
    taxes        `Holding.lots` in the trade's currency and in base; `wash.wash_sales` for losses that may not count
    drift        the books of two days, and the entries between them as causes
    watch        `Ledger.append` with what arrived, then `book_on`: the cost of what is new
    backtests    each simulated order is a `Trade`; the same fold gives cash, settlement and lots
"""
