"""Which articles take part in a connection: a filter, exceptions by hand, and what joined or left and why."""

from alembic import op

from migrations.pieces import statements

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    for statement in statements("""
    CREATE TABLE inventory.participation_filters (
        connection uuid PRIMARY KEY,
        version int NOT NULL,
        value jsonb NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL,
        due_at timestamptz NOT NULL,
        evaluated_at timestamptz
    );
    CREATE TABLE inventory.participation_filters_history (
        connection uuid NOT NULL,
        version int NOT NULL,
        value jsonb,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL,
        PRIMARY KEY (connection, version)
    );
    CREATE TABLE inventory.participation_exceptions (
        connection uuid NOT NULL,
        article_number text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('include', 'exclude')),
        leaving text CHECK (leaving IN ('leave', 'zero')),
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL,
        PRIMARY KEY (connection, article_number)
    );
    CREATE TABLE inventory.participants (
        connection uuid NOT NULL,
        article_number text NOT NULL,
        takes_part boolean NOT NULL,
        because text NOT NULL,
        leaving text NOT NULL DEFAULT 'leave' CHECK (leaving IN ('leave', 'zero')),
        since timestamptz NOT NULL,
        PRIMARY KEY (connection, article_number)
    );
    CREATE TABLE inventory.participation_runs (
        id uuid PRIMARY KEY,
        connection uuid NOT NULL,
        at timestamptz NOT NULL,
        cause text NOT NULL CHECK (cause IN ('saved', 'night', 'asked', 'exception', 'deleted')),
        articles int NOT NULL,
        added int NOT NULL,
        joined int NOT NULL,
        gone int NOT NULL,
        actor text NOT NULL
    );
    CREATE INDEX participation_runs_at ON inventory.participation_runs (connection, at DESC, id DESC);
    CREATE TABLE inventory.participation_changes (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        run_id uuid NOT NULL,
        connection uuid NOT NULL,
        article_number text NOT NULL,
        joined boolean NOT NULL,
        because text NOT NULL,
        at timestamptz NOT NULL
    );
    CREATE INDEX participation_changes_connection ON inventory.participation_changes (connection, id DESC);
    CREATE INDEX participation_changes_article ON inventory.participation_changes (article_number, connection, id DESC)
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
