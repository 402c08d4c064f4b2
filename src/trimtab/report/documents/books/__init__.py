"""Documents of what a workspace keeps: imports, the ledger, runs, its settings and files it reads."""
