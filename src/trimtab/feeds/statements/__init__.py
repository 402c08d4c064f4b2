"""Files as brokers, custodians and trackers write them: one road from bytes to what was understood and what was not.

Bytes become tables of texts (`cells`, `columns.tables`), columns get a meaning from their names and their cells
(`columns.layout`), rows become positions, money and facts (`booking`), and the answer is a `records.Statement`, which
also says what was left out, what must be asked, and what could not be read. Nothing here knows a file by its name.
"""
