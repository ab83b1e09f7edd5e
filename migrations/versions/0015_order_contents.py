"""What orders remember of master data: its version when they were judged last, the bills their lines were taken apart
by, and the components that left."""

from alembic import op

from migrations.pieces import statements

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    for statement in statements("""
    CREATE TABLE orders.master_state (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        version bigint NOT NULL
    );
    INSERT INTO orders.master_state (version)
    SELECT 1 WHERE EXISTS (SELECT 1 FROM orders.master_records) OR EXISTS (SELECT 1 FROM orders.erp_customers)
                OR EXISTS (SELECT 1 FROM orders.bill_components);
    ALTER TABLE orders.orders ADD COLUMN master_version bigint NOT NULL DEFAULT 0;
    CREATE TABLE orders.order_bills (
        order_id uuid NOT NULL REFERENCES orders.orders (id),
        head text NOT NULL,
        position int NOT NULL,
        component text NOT NULL,
        quantity numeric NOT NULL CHECK (quantity > 0),
        PRIMARY KEY (order_id, head, position)
    );
    CREATE TABLE orders.parcel_components (
        parcel_id uuid NOT NULL REFERENCES orders.parcels (id),
        position int NOT NULL,
        order_id uuid NOT NULL,
        line_external_id text NOT NULL,
        article_number text NOT NULL,
        quantity numeric NOT NULL CHECK (quantity > 0),
        PRIMARY KEY (parcel_id, position)
    );
    CREATE INDEX ON orders.parcel_components (order_id);
    ALTER TABLE orders.parcels DROP CONSTRAINT parcels_state_check;
    ALTER TABLE orders.parcels ADD CONSTRAINT parcels_state_check
        CHECK (state IN ('pending', 'reported', 'failed', 'blocked', 'held'))
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
