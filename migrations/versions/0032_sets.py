"""Sets: bills of material have versions, and the inventory keeps a copy of them to make a set's stock of its parts.
And of products on their way to a channel that judges them, in whose words they went."""

from alembic import op

from migrations.pieces import statements

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    for statement in statements("""
    CREATE TABLE orders.bills (
        head text PRIMARY KEY,
        version int NOT NULL,
        kept_in_stock boolean NOT NULL DEFAULT false
    );
    INSERT INTO orders.bills (head, version) SELECT DISTINCT head, 1 FROM orders.bill_components;
    CREATE TABLE inventory.bills (
        head text PRIMARY KEY,
        version int NOT NULL,
        kept_in_stock boolean NOT NULL
    );
    CREATE TABLE inventory.bill_parts (
        head text NOT NULL REFERENCES inventory.bills (head) ON DELETE CASCADE,
        position int NOT NULL,
        component text NOT NULL,
        quantity numeric NOT NULL CHECK (quantity > 0),
        PRIMARY KEY (head, position)
    );
    CREATE INDEX ON inventory.bill_parts (component);
    INSERT INTO inventory.bills (head, version, kept_in_stock) SELECT head, version, kept_in_stock FROM orders.bills;
    INSERT INTO inventory.bill_parts (head, position, component, quantity)
        SELECT head, position, component, quantity FROM orders.bill_components;
    INSERT INTO inventory.dirty (bulk, article_number) SELECT true, head FROM inventory.bills;
    ALTER TABLE inventory.mapped_products ADD COLUMN format text NOT NULL DEFAULT '';
    CREATE VIEW inventory.shelf_mates AS
    SELECT component AS article_number, head AS mate FROM inventory.bill_parts
    UNION ALL SELECT head, component FROM inventory.bill_parts
    UNION ALL SELECT one.head, other.head FROM inventory.bill_parts one
    JOIN inventory.bill_parts other USING (component)
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
