"""The journal: append-only entries in months, what is derived from them, completeness, erasures, and retention."""

from alembic import op

from migrations.pieces import service_tables, statements

revision = "0006"
down_revision = "0005"

# What only the tables' owner may do, made callable for the service's role: months come and go, entries never change.
FUNCTIONS = (
    """
    CREATE FUNCTION journal.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'The journal is append-only: % on % is not possible', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE FUNCTION journal.keep_month(day date) RETURNS boolean LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = journal, pg_temp AS $$
    DECLARE
        first date := date_trunc('month', day);
        part text := 'entries_' || to_char(first, 'YYYY_MM');
    BEGIN
        PERFORM pg_advisory_xact_lock(47110817);
        IF to_regclass('journal.' || part) IS NOT NULL THEN
            RETURN false;
        END IF;
        EXECUTE format('CREATE TABLE journal.%I (LIKE journal.entries INCLUDING ALL)', part);
        EXECUTE format(
            'ALTER TABLE journal.entries ATTACH PARTITION journal.%I FOR VALUES FROM (%L) TO (%L)', part,
            first::timestamp AT TIME ZONE 'UTC', (first + interval '1 month')::timestamp AT TIME ZONE 'UTC'
        );
        EXECUTE format(
            'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON journal.%I EXECUTE FUNCTION journal.refuse_change()', part
        );
        RETURN true;
    END $$
    """,
    """
    CREATE FUNCTION journal.drop_months(older_than date) RETURNS text[] LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = journal, pg_temp AS $$
    DECLARE
        part text;
        dropped text[] := '{}';
    BEGIN
        IF older_than > (now() AT TIME ZONE 'UTC')::date - 30 THEN
            RAISE EXCEPTION 'The journal keeps at least thirty days' USING ERRCODE = 'restrict_violation';
        END IF;
        FOR part IN
            SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'journal.entries'::regclass ORDER BY 1
        LOOP
            IF to_date(right(part, 7), 'YYYY_MM') + interval '1 month' <= older_than THEN
                EXECUTE format('DROP TABLE journal.%I', part);
                dropped := dropped || part;
            END IF;
        END LOOP;
        RETURN dropped;
    END $$
    """,
)


def upgrade() -> None:
    for statement in statements(service_tables("journal")):
        op.execute(statement)
    for statement in statements("""
    CREATE TABLE journal.entries (
        id uuid NOT NULL,
        at timestamptz NOT NULL,
        service text NOT NULL,
        connection uuid,
        platform text NOT NULL,
        noun text NOT NULL,
        subject text NOT NULL,
        action text NOT NULL,
        outcome text NOT NULL,
        code text NOT NULL,
        params text NOT NULL,
        reasons text NOT NULL,
        terms text[] NOT NULL,
        payload uuid,
        actor text NOT NULL,
        correlation text NOT NULL,
        PRIMARY KEY (at, id)
    ) PARTITION BY RANGE (at);
    CREATE INDEX ON journal.entries (connection, at);
    CREATE INDEX ON journal.entries (subject, at);
    CREATE INDEX ON journal.entries USING gin (terms);
    CREATE INDEX ON journal.entries (at) WHERE outcome <> 'ok';
    CREATE INDEX ON journal.entries (at) WHERE actor <> '';
    CREATE TABLE journal.customers (
        customer text NOT NULL,
        noun text NOT NULL,
        subject text NOT NULL,
        connection uuid,
        since timestamptz NOT NULL,
        PRIMARY KEY (customer, noun, subject)
    );
    CREATE INDEX ON journal.customers (subject);
    CREATE TABLE journal.problems (
        noun text NOT NULL,
        subject text NOT NULL,
        concern text NOT NULL,
        cause text NOT NULL,
        connection uuid,
        platform text NOT NULL,
        label text NOT NULL,
        action text NOT NULL,
        params text NOT NULL,
        actor text NOT NULL,
        entry uuid NOT NULL,
        first_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        times int NOT NULL,
        PRIMARY KEY (noun, subject, concern, cause)
    );
    CREATE INDEX ON journal.problems (cause, connection);
    CREATE TABLE journal.runs (
        id text PRIMARY KEY,
        connection uuid,
        platform text NOT NULL,
        stream text NOT NULL,
        started_at timestamptz,
        finished_at timestamptz,
        at timestamptz NOT NULL,
        outcome text NOT NULL,
        code text NOT NULL,
        params text NOT NULL,
        seen int,
        changed int,
        unchanged int,
        unreadable int
    );
    CREATE INDEX ON journal.runs (at, id);
    CREATE INDEX ON journal.runs (connection, stream, at);
    CREATE TABLE journal.completeness (
        connection uuid NOT NULL,
        day date NOT NULL,
        platform text NOT NULL,
        counted_at timestamptz NOT NULL,
        in_shop int NOT NULL,
        known int NOT NULL,
        imported int NOT NULL,
        parked int NOT NULL,
        waiting int NOT NULL,
        cancelled int NOT NULL,
        under_way int NOT NULL,
        missing_count int NOT NULL,
        missing jsonb NOT NULL,
        PRIMARY KEY (connection, day)
    );
    CREATE TABLE journal.erasures (
        id uuid PRIMARY KEY,
        idempotency_key text UNIQUE,
        request_hash text NOT NULL,
        mode text NOT NULL CHECK (mode IN ('erase', 'restrict')),
        customer text NOT NULL,
        order_ids uuid[] NOT NULL,
        requested_by text NOT NULL,
        requested_at timestamptz NOT NULL,
        finished_at timestamptz,
        report jsonb
    );
    CREATE INDEX ON journal.erasures (requested_at) WHERE finished_at IS NULL;
    CREATE TABLE journal.restricted_keys (
        order_id uuid PRIMARY KEY,
        key bytea NOT NULL,
        erasure uuid NOT NULL,
        until date NOT NULL,
        restricted_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX ON journal.restricted_keys (until);
    CREATE TABLE journal.pruned (
        class text PRIMARY KEY,
        until timestamptz NOT NULL
    );
    CREATE INDEX ON archive.payloads (key_id) WHERE key_id IS NOT NULL
    """):
        op.execute(statement)
    for function in FUNCTIONS:
        op.execute(function)
    op.execute(
        """CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal.entries
           FOR EACH ROW EXECUTE FUNCTION journal.refuse_change()"""
    )
    op.execute(
        """CREATE TRIGGER no_truncate BEFORE TRUNCATE ON journal.entries
           EXECUTE FUNCTION journal.refuse_change()"""
    )
    op.execute("SELECT journal.keep_month((now() - n * interval '1 month')::date) FROM generate_series(-3, 1) n")


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
