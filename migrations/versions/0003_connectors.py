"""What connectors remember: cursors, leases, the connection replica, what was seen, work to do, tokens."""

from alembic import op

from migrations.pieces import service_tables, statements

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for statement in statements(service_tables("connectors")):
        op.execute(statement)
    for statement in statements("""
    CREATE TABLE connectors.connections (
        id uuid PRIMARY KEY,
        platform text NOT NULL,
        version int NOT NULL,
        deleted boolean NOT NULL DEFAULT false,
        content jsonb NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX ON connectors.connections (platform);
    CREATE TABLE connectors.leases (
        account text PRIMARY KEY,
        holder text NOT NULL DEFAULT '',
        token bigint NOT NULL DEFAULT 0,
        expires_at timestamptz NOT NULL DEFAULT '-infinity'
    );
    CREATE TABLE connectors.holders (
        holder text PRIMARY KEY,
        "group" text NOT NULL,
        alive_until timestamptz NOT NULL
    );
    CREATE TABLE connectors.cursors (
        connection uuid NOT NULL,
        stream text NOT NULL,
        position timestamptz,
        first_pass_at timestamptz,
        full_pass_at timestamptz,
        last_success_at timestamptz,
        last_error text NOT NULL DEFAULT '',
        due_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (connection, stream)
    );
    CREATE TABLE connectors.seen (
        connection uuid NOT NULL,
        stream text NOT NULL,
        external_id text NOT NULL,
        hash bytea NOT NULL,
        n int NOT NULL,
        PRIMARY KEY (connection, stream, external_id)
    ) WITH (fillfactor = 85);
    CREATE TABLE connectors.work (
        connection uuid NOT NULL,
        kind text NOT NULL,
        subject text NOT NULL,
        version int NOT NULL,
        body jsonb NOT NULL,
        state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending')),
        key uuid NOT NULL DEFAULT gen_random_uuid(),
        attempts int NOT NULL DEFAULT 0,
        blocked text NOT NULL DEFAULT '',
        last_error text NOT NULL DEFAULT '',
        due_at timestamptz NOT NULL DEFAULT now(),
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (connection, kind, subject)
    );
    CREATE INDEX ON connectors.work (connection, kind, due_at);
    CREATE TABLE connectors.told (
        connection uuid NOT NULL,
        kind text NOT NULL,
        subject text NOT NULL,
        version int NOT NULL,
        outcome text NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (connection, kind, subject)
    );
    CREATE TABLE connectors.tokens (
        connection uuid PRIMARY KEY,
        sealed bytea NOT NULL,
        expires_at timestamptz NOT NULL
    )
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
