"""Master data that order rules need: settings of the merchant, the ERP's customers, bills of material; and how each
order was taxed at its creation."""

from alembic import op

from migrations.pieces import statements

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    for statement in statements("""
    CREATE SEQUENCE orders.master_versions;
    CREATE TABLE orders.master_records (
        kind text NOT NULL CHECK (kind IN ('project', 'charge_article', 'list', 'threshold')),
        name text NOT NULL,
        content jsonb NOT NULL,
        version bigint NOT NULL DEFAULT nextval('orders.master_versions'),
        updated_at timestamptz NOT NULL DEFAULT now(),
        updated_by text NOT NULL,
        PRIMARY KEY (kind, name)
    );
    CREATE TABLE orders.erp_customers (
        number text PRIMARY KEY,
        project text NOT NULL,
        email_key text NOT NULL,
        address_key text NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX ON orders.erp_customers (email_key) WHERE email_key <> '';
    CREATE INDEX ON orders.erp_customers (address_key) WHERE address_key <> '';
    CREATE TABLE orders.bill_components (
        head text NOT NULL,
        position int NOT NULL,
        component text NOT NULL,
        quantity numeric NOT NULL CHECK (quantity > 0),
        PRIMARY KEY (head, position),
        UNIQUE (head, component)
    );
    CREATE INDEX ON orders.bill_components (component);
    CREATE TABLE orders.frozen_taxes (
        order_id uuid PRIMARY KEY,
        content jsonb NOT NULL,
        frozen_at timestamptz NOT NULL DEFAULT now()
    )
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
