"""Articles in a channel's own words: its categories, attributes and values, what ours are called there, and how the
channel judged what it was sent. Of commands that are judged later, the platform's ticket."""

from alembic import op

from migrations.pieces import statements

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    for statement in statements("""
    ALTER TABLE connectors.work ADD COLUMN ticket text NOT NULL DEFAULT '';
    CREATE TABLE inventory.article_attributes (
        article_number text NOT NULL,
        name text NOT NULL,
        language text NOT NULL DEFAULT '',
        value text NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL,
        PRIMARY KEY (article_number, name, language)
    );
    CREATE TABLE inventory.taxonomies (
        connection uuid PRIMARY KEY,
        version int NOT NULL DEFAULT 0,
        asked_at timestamptz,
        read_at timestamptz,
        every_seconds float NOT NULL DEFAULT 0,
        leaves_only boolean NOT NULL DEFAULT false,
        separator text NOT NULL DEFAULT '|'
    );
    CREATE TABLE inventory.taxonomy_categories (
        connection uuid NOT NULL,
        code text NOT NULL,
        label text NOT NULL,
        parent_code text NOT NULL,
        PRIMARY KEY (connection, code)
    );
    CREATE TABLE inventory.taxonomy_attributes (
        connection uuid NOT NULL,
        category_code text NOT NULL,
        code text NOT NULL,
        content jsonb NOT NULL,
        PRIMARY KEY (connection, category_code, code)
    );
    CREATE TABLE inventory.taxonomy_values (
        connection uuid NOT NULL,
        list_code text NOT NULL,
        code text NOT NULL,
        label text NOT NULL,
        PRIMARY KEY (connection, list_code, code)
    );
    CREATE TABLE inventory.taxonomy_mappings (
        connection uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('category', 'attribute', 'value')),
        scope text NOT NULL DEFAULT '',
        key text NOT NULL,
        target text,
        first_seen_at timestamptz NOT NULL,
        changed_at timestamptz,
        changed_by text NOT NULL DEFAULT '',
        PRIMARY KEY (connection, kind, scope, key)
    );
    CREATE TABLE inventory.mapped_products (
        connection uuid NOT NULL,
        article_number text NOT NULL,
        version int NOT NULL DEFAULT 0,
        state text NOT NULL CHECK (state IN ('incomplete', 'sent', 'waiting', 'accepted', 'refused', 'blocked')),
        code text NOT NULL DEFAULT '',
        params jsonb NOT NULL DEFAULT '{}',
        problems jsonb NOT NULL DEFAULT '[]',
        ticket text NOT NULL DEFAULT '',
        changed_at timestamptz NOT NULL,
        PRIMARY KEY (connection, article_number)
    )
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
