"""Numbers that articles have in one shop only, and connections that were taken over from an older interface."""

from alembic import op

from migrations.pieces import statements

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    for statement in statements("""
    CREATE TABLE inventory.external_numbers (
        connection uuid NOT NULL,
        number text NOT NULL,
        label text NOT NULL,
        article_number text NOT NULL,
        active boolean NOT NULL DEFAULT true,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL DEFAULT '',
        PRIMARY KEY (connection, number),
        UNIQUE (connection, article_number, label)
    );
    CREATE INDEX ON inventory.external_numbers (article_number);

    CREATE TABLE connections.takeovers (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        content_hash text NOT NULL,
        connection uuid,
        was_active boolean NOT NULL,
        report jsonb NOT NULL DEFAULT '[]',
        started_at timestamptz NOT NULL,
        started_by text NOT NULL,
        claimed_at timestamptz,
        finished_at timestamptz,
        UNIQUE (name, content_hash)
    );
    CREATE INDEX ON connections.takeovers (connection)
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
