"""How we remember: engine, unit of work, bulk writer, inbox, outbox, held, leases, archive."""
