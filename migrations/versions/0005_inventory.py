"""What inventory remembers: articles, listings, levels, their ledger, demand of orders, what channels were told."""

from alembic import op

from migrations.pieces import service_tables, statements

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for statement in statements(service_tables("inventory")):
        op.execute(statement)
    for statement in statements(r"""
    CREATE TABLE inventory.articles (
        number text PRIMARY KEY,
        id uuid NOT NULL UNIQUE,
        version int NOT NULL,
        ean text,
        title text NOT NULL DEFAULT '',
        parent_number text,
        active boolean NOT NULL DEFAULT true,
        deleted_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX articles_near ON inventory.articles (lower(regexp_replace(number, '\s', '', 'g')))
        WHERE deleted_at IS NULL;
    CREATE INDEX articles_ean ON inventory.articles (ean) WHERE ean IS NOT NULL AND deleted_at IS NULL;
    CREATE INDEX articles_parent ON inventory.articles (parent_number) WHERE parent_number IS NOT NULL;

    CREATE TABLE inventory.listings (
        id uuid PRIMARY KEY,
        connection uuid NOT NULL,
        platform text NOT NULL,
        external_id text NOT NULL,
        parent_external_id text,
        stock_external_id text,
        sku text,
        ean text,
        title text NOT NULL DEFAULT '',
        price numeric,
        currency text,
        quantity int,
        counts_stock boolean NOT NULL DEFAULT true,
        locations jsonb NOT NULL DEFAULT '{}',
        state text NOT NULL DEFAULT 'active',
        changed_at timestamptz,
        stamp timestamptz NOT NULL,
        observed_at timestamptz NOT NULL,
        payload uuid,
        unreadable_code text,
        unreadable_field text,
        unreadable_value text,
        match text NOT NULL DEFAULT 'listing_new',
        article_number text,
        updated_at timestamptz NOT NULL DEFAULT now()
    ) WITH (fillfactor = 85);
    CREATE INDEX listings_sku ON inventory.listings (sku, connection) WHERE sku IS NOT NULL;
    CREATE INDEX listings_article ON inventory.listings (article_number) INCLUDE (id, connection)
        WHERE article_number IS NOT NULL;
    CREATE INDEX listings_connection ON inventory.listings (connection, id);
    CREATE INDEX listings_unmatched ON inventory.listings (id) WHERE article_number IS NULL;

    CREATE TABLE inventory.warehouses (
        code text PRIMARY KEY,
        name text NOT NULL DEFAULT '',
        created_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE inventory.levels (
        article_number text NOT NULL,
        warehouse text NOT NULL,
        quantity numeric NOT NULL DEFAULT 0,
        meaning text NOT NULL DEFAULT 'physical' CHECK (meaning IN ('physical', 'available')),
        counted numeric,
        counted_at timestamptz,
        counted_by text NOT NULL DEFAULT '',
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (article_number, warehouse)
    ) WITH (fillfactor = 80);
    CREATE TABLE inventory.ledger (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        warehouse text NOT NULL,
        article_number text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('count', 'movement', 'shipment', 'correction')),
        quantity numeric NOT NULL,
        delta numeric NOT NULL,
        level numeric,
        meaning text NOT NULL DEFAULT '',
        reason text NOT NULL DEFAULT '',
        reference text NOT NULL DEFAULT '',
        order_id uuid,
        acknowledged_at timestamptz,
        actor text NOT NULL DEFAULT '',
        occurred_at timestamptz NOT NULL,
        booked_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX ledger_article ON inventory.ledger (article_number, id);
    CREATE INDEX ledger_after_count ON inventory.ledger (article_number, occurred_at) WHERE kind <> 'count';
    CREATE UNIQUE INDEX ledger_reference ON inventory.ledger (reference, article_number, warehouse)
        WHERE kind IN ('movement', 'correction');

    CREATE TABLE inventory.order_demands (
        order_id uuid PRIMARY KEY,
        version int NOT NULL,
        connection uuid,
        external_id text NOT NULL,
        number text NOT NULL,
        status text NOT NULL,
        acknowledged_at timestamptz,
        shipped_at timestamptz,
        updated_at timestamptz NOT NULL DEFAULT now()
    ) WITH (fillfactor = 85);
    CREATE TABLE inventory.demands (
        order_id uuid NOT NULL,
        article_number text NOT NULL,
        quantity numeric NOT NULL,
        shipped numeric NOT NULL DEFAULT 0,
        shipped_at timestamptz,
        acknowledged numeric NOT NULL DEFAULT 0,
        acknowledged_at timestamptz,
        PRIMARY KEY (order_id, article_number)
    ) WITH (fillfactor = 85);
    CREATE INDEX demands_open ON inventory.demands (article_number) WHERE quantity > 0;

    CREATE TABLE inventory.connections (
        id uuid PRIMARY KEY,
        platform text NOT NULL,
        name text NOT NULL DEFAULT '',
        version int NOT NULL DEFAULT 0,
        wanted_version int NOT NULL DEFAULT 1,
        blocked_by text NOT NULL DEFAULT 'connection_not_read',
        deleted boolean NOT NULL DEFAULT false,
        tried_at timestamptz NOT NULL DEFAULT '-infinity'
    );
    CREATE TABLE inventory.stock_settings (
        connection uuid PRIMARY KEY,
        version int NOT NULL,
        value jsonb NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL
    );
    CREATE TABLE inventory.stock_settings_history (
        connection uuid NOT NULL,
        version int NOT NULL,
        value jsonb NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL,
        PRIMARY KEY (connection, version)
    );

    CREATE TABLE inventory.offers (
        listing_id uuid NOT NULL,
        location text NOT NULL DEFAULT '',
        active boolean NOT NULL DEFAULT true,
        version int NOT NULL DEFAULT 0,
        quantity int,
        computed_at timestamptz,
        blocked_by text NOT NULL DEFAULT '',
        sent int,
        sent_version int NOT NULL DEFAULT 0,
        sent_at timestamptz,
        told int,
        told_version int NOT NULL DEFAULT 0,
        told_at timestamptz,
        outcome text NOT NULL DEFAULT '',
        outcome_version int NOT NULL DEFAULT 0,
        outcome_code text NOT NULL DEFAULT '',
        outcome_params jsonb NOT NULL DEFAULT '{}',
        outcome_at timestamptz,
        settled_version int NOT NULL DEFAULT 0,
        shop_quantity int,
        shop_read_at timestamptz,
        PRIMARY KEY (listing_id, location)
    ) WITH (fillfactor = 75);
    CREATE TABLE inventory.pushes (
        listing_id uuid NOT NULL,
        location text NOT NULL,
        version int NOT NULL,
        quantity int NOT NULL,
        expected int,
        sent_at timestamptz NOT NULL,
        PRIMARY KEY (listing_id, location, version)
    );
    CREATE TABLE inventory.dirty (
        bulk boolean NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        listing_id uuid,
        article_number text,
        connection uuid,
        again text NOT NULL DEFAULT '' CHECK (again IN ('', 'failed', 'always')),
        marked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (bulk, id)
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
    CREATE INDEX dirty_listing ON inventory.dirty (listing_id) WHERE listing_id IS NOT NULL;
    CREATE INDEX dirty_article ON inventory.dirty (article_number) WHERE article_number IS NOT NULL
    """):
        op.execute(statement)
    op.execute("""
    CREATE FUNCTION inventory.only_append() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the stock ledger is append-only: book a correction instead';
    END $$
    """)
    op.execute("""
    CREATE TRIGGER ledger_only_append BEFORE UPDATE OR DELETE ON inventory.ledger
    FOR EACH STATEMENT EXECUTE FUNCTION inventory.only_append()
    """)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
