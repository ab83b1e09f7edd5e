"""The order book: orders, their lines and versions, parked reasons, unreadable items, replicas, feed, parcels."""

from alembic import op

from migrations.pieces import service_tables, statements

revision = "0004"
down_revision = "0003"

ORDERS = """
CREATE TABLE orders.orders (
    id uuid PRIMARY KEY,
    connection uuid NOT NULL,
    external_id text NOT NULL,
    platform text NOT NULL,
    project text NOT NULL DEFAULT '',
    number text NOT NULL,
    version int NOT NULL,
    status text NOT NULL CHECK (status IN ('imported', 'parked', 'waiting', 'cancelled')),
    state text NOT NULL,
    payment_state text NOT NULL,
    channel text NOT NULL DEFAULT '',
    test boolean NOT NULL,
    erp_number text NOT NULL DEFAULT '',
    customer_key text NOT NULL DEFAULT '',
    currency text NOT NULL,
    total numeric NOT NULL,
    rounding_difference numeric NOT NULL DEFAULT 0,
    placed_at timestamptz NOT NULL,
    stamp timestamptz NOT NULL,
    observed_at timestamptz NOT NULL,
    content_hash text NOT NULL,
    payload uuid,
    content jsonb NOT NULL,
    imported_at timestamptz,
    acknowledged_at timestamptz,
    erased_at timestamptz,
    received_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (connection, external_id)
);
CREATE INDEX ON orders.orders (placed_at DESC, id DESC);
CREATE INDEX ON orders.orders (number);
CREATE INDEX ON orders.orders (external_id);
CREATE INDEX ON orders.orders (erp_number) WHERE erp_number <> '';
CREATE INDEX ON orders.orders (customer_key) WHERE customer_key <> '';
CREATE INDEX ON orders.orders (status, placed_at DESC, id DESC) WHERE status IN ('parked', 'waiting');
CREATE TABLE orders.order_lines (
    order_id uuid NOT NULL REFERENCES orders.orders (id),
    position int NOT NULL,
    external_id text NOT NULL,
    kind text NOT NULL,
    sku text NOT NULL,
    article_number text NOT NULL,
    quantity numeric NOT NULL,
    cancelled_quantity numeric NOT NULL,
    fulfilled_quantity numeric NOT NULL,
    PRIMARY KEY (order_id, position)
);
CREATE INDEX ON orders.order_lines (sku) WHERE sku <> '';
CREATE TABLE orders.order_versions (
    order_id uuid NOT NULL,
    version int NOT NULL,
    cause text NOT NULL CHECK (cause IN ('received', 'rejudged', 'shipped', 'rejected')),
    status text NOT NULL,
    stamp timestamptz NOT NULL,
    observed_at timestamptz NOT NULL,
    path text NOT NULL,
    payload uuid,
    content_hash text NOT NULL,
    content bytea,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, version)
);
ALTER TABLE orders.order_versions ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE TABLE orders.late_versions (
    order_id uuid NOT NULL,
    stamp timestamptz NOT NULL,
    observed_at timestamptz NOT NULL,
    content_hash text NOT NULL,
    path text NOT NULL,
    payload uuid,
    content bytea,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, stamp, observed_at, content_hash)
);
ALTER TABLE orders.late_versions ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE TABLE orders.parked_reasons (
    order_id uuid NOT NULL REFERENCES orders.orders (id),
    position int NOT NULL,
    code text NOT NULL,
    key text NOT NULL,
    field text NOT NULL,
    params jsonb NOT NULL,
    actor text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, position)
);
CREATE INDEX ON orders.parked_reasons (code, key);
CREATE TABLE orders.unreadable_items (
    order_id uuid PRIMARY KEY,
    connection uuid NOT NULL,
    external_id text NOT NULL,
    platform text NOT NULL,
    number text NOT NULL,
    code text NOT NULL,
    field text NOT NULL,
    value text NOT NULL,
    payload uuid,
    stamp timestamptz NOT NULL,
    observed_at timestamptz NOT NULL,
    times int NOT NULL DEFAULT 1,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    retries int NOT NULL DEFAULT 0,
    retried_at timestamptz,
    closed_at timestamptz,
    UNIQUE (connection, external_id)
);
CREATE INDEX ON orders.unreadable_items (first_seen_at DESC, order_id DESC) WHERE closed_at IS NULL
"""

REPLICAS = """
CREATE TABLE orders.known_articles (
    id uuid PRIMARY KEY,
    version int NOT NULL,
    number text NOT NULL,
    ean text,
    title text NOT NULL DEFAULT '',
    deleted boolean NOT NULL DEFAULT false,
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON orders.known_articles (number) WHERE NOT deleted;
CREATE INDEX ON orders.known_articles (changed_at);
CREATE TABLE orders.connections (
    id uuid PRIMARY KEY,
    platform text NOT NULL,
    version int NOT NULL DEFAULT 0,
    name text NOT NULL DEFAULT '',
    project text NOT NULL DEFAULT '',
    productive boolean NOT NULL DEFAULT false,
    deleted boolean NOT NULL DEFAULT false
)
"""

FEED = """
CREATE TABLE orders.feed_fresh (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id uuid NOT NULL,
    version int NOT NULL
);
CREATE TABLE orders.feed_head (
    id int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    position bigint NOT NULL
);
INSERT INTO orders.feed_head (position) VALUES (0);
CREATE TABLE orders.feed_consumers (
    name text PRIMARY KEY,
    registered_at timestamptz NOT NULL DEFAULT now(),
    last_read_at timestamptz
);
CREATE TABLE orders.feed_queue (
    consumer text NOT NULL REFERENCES orders.feed_consumers (name) ON DELETE CASCADE,
    order_id uuid NOT NULL,
    version int NOT NULL,
    position bigint NOT NULL,
    queued_at timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    deliveries int NOT NULL DEFAULT 0,
    PRIMARY KEY (consumer, order_id)
);
CREATE UNIQUE INDEX ON orders.feed_queue (consumer, position);
CREATE TABLE orders.feed_receipts (
    consumer text NOT NULL REFERENCES orders.feed_consumers (name) ON DELETE CASCADE,
    order_id uuid NOT NULL,
    version int NOT NULL,
    erp_number text NOT NULL DEFAULT '',
    acknowledged_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, order_id)
)
"""

PARCELS = """
CREATE TABLE orders.parcels (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders.orders (id),
    reference text NOT NULL,
    request_hash text NOT NULL,
    carrier text NOT NULL DEFAULT '',
    tracking_number text NOT NULL DEFAULT '',
    tracking_url text NOT NULL DEFAULT '',
    ready_for_pickup boolean NOT NULL DEFAULT false,
    notify_customer boolean NOT NULL DEFAULT false,
    shipped_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'reported', 'failed', 'blocked')),
    version int NOT NULL DEFAULT 1,
    attempts int NOT NULL DEFAULT 0,
    code text NOT NULL DEFAULT '',
    params jsonb NOT NULL DEFAULT '{}',
    external_id text NOT NULL DEFAULT '',
    reported_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    UNIQUE (order_id, reference)
);
CREATE INDEX ON orders.parcels (tracking_number) WHERE tracking_number <> '';
CREATE INDEX ON orders.parcels (state, created_at) WHERE state <> 'reported';
CREATE TABLE orders.parcel_lines (
    parcel_id uuid NOT NULL REFERENCES orders.parcels (id),
    position int NOT NULL,
    order_id uuid NOT NULL,
    line_external_id text NOT NULL,
    quantity numeric NOT NULL,
    PRIMARY KEY (parcel_id, position)
);
CREATE INDEX ON orders.parcel_lines (order_id)
"""


def upgrade() -> None:
    for piece in (service_tables("orders"), ORDERS, REPLICAS, FEED, PARCELS):
        for statement in statements(piece):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
