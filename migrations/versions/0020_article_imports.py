"""Articles taken over from a shop: what listings say beyond stock and price, imports and their rows, and which articles
take part in a connection."""

from alembic import op

from migrations.pieces import statements

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    for statement in statements("""
    ALTER TABLE inventory.listings ADD COLUMN content jsonb;
    ALTER TABLE inventory.connections ADD COLUMN productive boolean;
    UPDATE inventory.connections SET tried_at = '-infinity';
    CREATE TABLE inventory.article_contents (
        article_number text PRIMARY KEY,
        content jsonb NOT NULL,
        connection uuid NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL
    );
    CREATE TABLE inventory.article_imports (
        id uuid PRIMARY KEY,
        connection uuid NOT NULL,
        platform text NOT NULL,
        wish jsonb NOT NULL,
        state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'finished', 'stopped')),
        waits boolean NOT NULL DEFAULT false,
        started_at timestamptz NOT NULL,
        started_by text NOT NULL,
        worked_at timestamptz NOT NULL,
        ended_at timestamptz,
        ended_by text NOT NULL DEFAULT ''
    );
    CREATE UNIQUE INDEX article_imports_running ON inventory.article_imports (connection) WHERE state = 'running';
    CREATE INDEX article_imports_started ON inventory.article_imports (started_at DESC, id DESC);
    CREATE TABLE inventory.article_import_rows (
        import_id uuid NOT NULL REFERENCES inventory.article_imports (id),
        listing_id uuid NOT NULL,
        outcome text NOT NULL DEFAULT 'waiting'
            CHECK (outcome IN ('waiting', 'created', 'updated', 'unchanged', 'matched', 'refused')),
        code text NOT NULL DEFAULT '',
        field text NOT NULL DEFAULT '',
        params jsonb NOT NULL DEFAULT '{}',
        article_number text,
        done_at timestamptz,
        PRIMARY KEY (import_id, listing_id)
    );
    CREATE INDEX article_import_rows_waiting ON inventory.article_import_rows (import_id, listing_id)
        WHERE outcome = 'waiting'
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
