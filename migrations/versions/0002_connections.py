"""Connections: accounts, sealed credentials, features, modes."""

from alembic import op

from migrations.pieces import service_tables, statements

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for statement in statements(service_tables("connections")):
        op.execute(statement)
    for statement in statements("""
    CREATE TABLE connections.connections (
        id uuid PRIMARY KEY,
        platform text NOT NULL,
        name text NOT NULL,
        project text NOT NULL DEFAULT '',
        version int NOT NULL DEFAULT 1,
        productive boolean NOT NULL DEFAULT false,
        integration jsonb NOT NULL DEFAULT '{}',
        paused_because text NOT NULL DEFAULT '',
        paused_detail text NOT NULL DEFAULT '',
        options jsonb NOT NULL DEFAULT '{}',
        facts jsonb NOT NULL DEFAULT '{}',
        sealed text NOT NULL,
        tested_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        deleted_at timestamptz
    );
    CREATE INDEX ON connections.connections (platform);
    CREATE TABLE connections.requests (
        key text PRIMARY KEY,
        connection uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
    )
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
