"""The journal: what happened to every record, and what follows from that."""
