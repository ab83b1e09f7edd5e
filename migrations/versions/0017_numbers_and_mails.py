"""What external numbers mean in each shop: as inventory says it, and as the order book has heard it; alert mails
as HTML beside their text; and articles' descriptions."""

from alembic import op

from migrations.pieces import statements

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    for statement in statements("""
    ALTER TABLE inventory.articles ADD COLUMN description text NOT NULL DEFAULT '';
    ALTER TABLE orders.known_articles ADD COLUMN description text NOT NULL DEFAULT '';
    ALTER TABLE journal.deliveries ADD COLUMN html text NOT NULL DEFAULT '';
    CREATE TABLE inventory.number_meanings (
        connection uuid NOT NULL,
        number text NOT NULL,
        version int NOT NULL,
        article_number text,
        PRIMARY KEY (connection, number)
    );
    CREATE TABLE orders.known_numbers (
        connection uuid NOT NULL,
        number text NOT NULL,
        version int NOT NULL,
        article_number text,
        changed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (connection, number)
    );
    CREATE INDEX ON orders.known_numbers (article_number) WHERE article_number IS NOT NULL;
    CREATE INDEX ON orders.known_numbers (changed_at);

    INSERT INTO inventory.number_meanings (connection, number, version, article_number)
    SELECT e.connection, e.number, 1, e.article_number
    FROM inventory.external_numbers e JOIN inventory.stock_settings s USING (connection)
    WHERE e.active AND e.label = s.value ->> 'number_label';
    INSERT INTO orders.known_numbers (connection, number, version, article_number)
    SELECT connection, number, version, article_number FROM inventory.number_meanings
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
