"""Schemas, API keys, and the archive of raw payloads."""

from alembic import op

from migrations.pieces import statements

revision = "0001"
down_revision = None

SCHEMAS = ("connections", "connectors", "orders", "inventory", "journal", "access", "archive")


def upgrade() -> None:
    for schema in SCHEMAS:
        op.execute(f"CREATE SCHEMA {schema}")
    for statement in statements("""
    CREATE TABLE access.api_keys (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        role text NOT NULL CHECK (role IN ('read', 'support', 'operate', 'admin', 'service')),
        hash bytea NOT NULL UNIQUE,
        projects text[],
        connections uuid[],
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by text NOT NULL DEFAULT '',
        expires_at timestamptz,
        revoked_at timestamptz
    );
    CREATE TABLE access.connection_projects (
        connection uuid PRIMARY KEY,
        project text NOT NULL
    );
    CREATE TABLE archive.keys (
        id uuid PRIMARY KEY,
        key bytea,
        created_at timestamptz NOT NULL DEFAULT now(),
        destroyed_at timestamptz
    );
    CREATE TABLE archive.payloads (
        id uuid PRIMARY KEY,
        key_id uuid,
        noun text NOT NULL,
        connection uuid NOT NULL,
        external_id text NOT NULL,
        media text NOT NULL,
        body bytea,
        size int NOT NULL,
        stored_at timestamptz NOT NULL DEFAULT now()
    );
    ALTER TABLE archive.payloads ALTER COLUMN body SET STORAGE EXTERNAL;
    CREATE INDEX ON archive.payloads USING brin (stored_at)
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
