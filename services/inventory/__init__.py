"""Articles, listings, stock levels and their ledger, reservations, and what each channel may sell."""
