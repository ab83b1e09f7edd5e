"""In which order a connection's listings find their articles, and by what each was found."""

from alembic import op

from migrations.pieces import statements

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    for statement in statements("""
    ALTER TABLE inventory.listings ADD COLUMN listing_number text NOT NULL DEFAULT '',
        ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}', ADD COLUMN matched_by text NOT NULL DEFAULT '';
    UPDATE inventory.listings SET matched_by = CASE WHEN sku = article_number THEN 'number' ELSE 'external_number' END
        WHERE article_number IS NOT NULL;
    CREATE INDEX ON inventory.listings (connection, listing_number);
    CREATE INDEX ON inventory.listings (ean);
    CREATE INDEX ON inventory.listings ((content -> 'head' ->> 'number')) WHERE content -> 'head' IS NOT NULL;
    ALTER TABLE inventory.connections ADD COLUMN matching jsonb
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
