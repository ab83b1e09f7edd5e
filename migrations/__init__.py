"""The schema's single source: one linear history of plain SQL, one Postgres schema per service."""
