"""The demonstration: the whole system with a pretend merchant, and a ledger that proves what became of every order."""
