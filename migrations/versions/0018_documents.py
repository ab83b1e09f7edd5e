"""Documents that internal systems hand to the channels: the PDF, sealed with its order's own key, and how it fares.
Tracking numbers for the way back: a pool per connection, and the number of each parcel."""

from alembic import op

from migrations.pieces import statements

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    for statement in statements("""
    CREATE TABLE orders.documents (
        id uuid PRIMARY KEY,
        order_id uuid NOT NULL REFERENCES orders.orders (id),
        kind text NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'delivery_note')),
        number text NOT NULL,
        issued_on date NOT NULL,
        file_name text NOT NULL,
        digest text NOT NULL,
        size int NOT NULL,
        body bytea NOT NULL,
        state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'reported', 'failed', 'blocked')),
        version int NOT NULL DEFAULT 1,
        attempts int NOT NULL DEFAULT 0,
        code text NOT NULL DEFAULT '',
        params jsonb NOT NULL DEFAULT '{}',
        external_id text NOT NULL DEFAULT '',
        reported_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by text NOT NULL DEFAULT '',
        UNIQUE (order_id, kind, number)
    );
    ALTER TABLE orders.documents ALTER COLUMN body SET STORAGE EXTERNAL;
    CREATE INDEX ON orders.documents (number);
    CREATE INDEX ON orders.documents (created_at DESC, id DESC);
    ALTER TABLE orders.parcels ADD COLUMN return_tracking_number text NOT NULL DEFAULT '';
    CREATE TABLE orders.return_numbers (
        connection uuid NOT NULL,
        number text NOT NULL,
        place bigint GENERATED ALWAYS AS IDENTITY,
        parcel_id uuid UNIQUE,
        taken_at timestamptz,
        added_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (connection, number)
    );
    CREATE INDEX ON orders.return_numbers (connection, place) WHERE taken_at IS NULL
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
