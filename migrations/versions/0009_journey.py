"""The journey of a connection: drafts, consent under way, answers kept for repeated writes, what a worker may spend."""

from alembic import op

from migrations.pieces import statements

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    for statement in statements("""
    CREATE TABLE connections.drafts (
        id uuid PRIMARY KEY,
        platform text NOT NULL,
        name text NOT NULL,
        project text NOT NULL DEFAULT '',
        options jsonb NOT NULL DEFAULT '{}',
        sealed text NOT NULL DEFAULT '',
        facts jsonb NOT NULL DEFAULT '{}',
        findings jsonb NOT NULL DEFAULT '[]',
        integration jsonb,
        tested_at timestamptz,
        credentials_valid_until timestamptz,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
    );
    CREATE TABLE connections.authorisations (
        state_hash bytea PRIMARY KEY,
        subject uuid NOT NULL,
        platform text NOT NULL,
        sealed text NOT NULL,
        actor text NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz
    );
    CREATE TABLE connections.idempotency (
        caller uuid NOT NULL,
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        status int,
        headers jsonb NOT NULL DEFAULT '{}',
        body bytea,
        claimed_at timestamptz NOT NULL,
        PRIMARY KEY (caller, key)
    );
    CREATE INDEX ON connections.idempotency (claimed_at);
    ALTER TABLE connections.connections ADD COLUMN credentials_valid_until timestamptz;
    CREATE TABLE connectors.budgets (
        connection uuid PRIMARY KEY,
        left_over double precision NOT NULL,
        at timestamptz NOT NULL DEFAULT now()
    )
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
