"""How a connector is built: a declaration; the kit does lease, cursor, retry, publishing, journal, pausing."""
