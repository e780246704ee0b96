-- Agent Mitra - Migration V4: Create Audit Log and Triggers
-- Description: A change log partitioned by year, the trigger that fills it, and the
--              record of attempts to sign in.

-- =====================================================
-- NEW TABLES
-- =====================================================

-- The key of a partitioned table must contain the partition key, so it is (id, created_at) here.
-- No foreign keys: the log outlives what it speaks of.
CREATE TABLE IF NOT EXISTS audit.change_log (
    id UUID NOT NULL DEFAULT gen_random_uuid(),
    table_schema TEXT NOT NULL,
    table_name TEXT NOT NULL,
    operation TEXT NOT NULL,
    row_key UUID NOT NULL,
    changed_by TEXT NOT NULL DEFAULT CURRENT_USER,
    application_user TEXT,
    old_values JSONB,
    new_values JSONB,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    PRIMARY KEY (id, created_at),
    CONSTRAINT chk_change_log_operation CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE'))
) PARTITION BY RANGE (created_at);

-- Bounds carry their offset: without one they would mean the TimeZone of whoever migrates.
CREATE TABLE IF NOT EXISTS audit.change_log_2025 PARTITION OF audit.change_log
    FOR VALUES FROM ('2025-01-01 00:00:00+05:30') TO ('2026-01-01 00:00:00+05:30');
CREATE TABLE IF NOT EXISTS audit.change_log_2026 PARTITION OF audit.change_log
    FOR VALUES FROM ('2026-01-01 00:00:00+05:30') TO ('2027-01-01 00:00:00+05:30');
CREATE TABLE IF NOT EXISTS audit.change_log_rest PARTITION OF audit.change_log DEFAULT;

CREATE TABLE IF NOT EXISTS audit.login_attempts (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID,
    email_entered VARCHAR(254) NOT NULL,
    succeeded BOOLEAN NOT NULL,
    failure_reason VARCHAR(50),
    client_address INET,
    user_agent TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT chk_login_attempts_reason CHECK (succeeded = (failure_reason IS NULL))
);

-- =====================================================
-- CONSTRAINTS
-- =====================================================

-- Apart from its table on purpose: "flyway clean" drops lic_schema, and with users this key, but leaves
-- audit alone. The next migrate finds the table there already and has only the key to restore.
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint
        WHERE conrelid = 'audit.login_attempts'::regclass AND conname = 'login_attempts_user_id_fkey'
    ) THEN
        UPDATE audit.login_attempts SET user_id = NULL WHERE user_id IS NOT NULL;
        ALTER TABLE audit.login_attempts
            ADD CONSTRAINT login_attempts_user_id_fkey
            FOREIGN KEY (user_id)
            REFERENCES lic_schema.users (id)
            ON DELETE SET NULL;
    END IF;
END
$$;

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_change_log_row_key ON audit.change_log (row_key, created_at DESC);
CREATE INDEX IF NOT EXISTS idx_change_log_created_at ON audit.change_log USING brin (created_at);
CREATE INDEX IF NOT EXISTS idx_login_attempts_user_id ON audit.login_attempts (user_id);
CREATE INDEX IF NOT EXISTS idx_login_attempts_client_address
    ON audit.login_attempts (client_address, created_at)
    WHERE NOT succeeded;

-- =====================================================
-- FUNCTIONS
-- =====================================================

-- SECURITY DEFINER, as the application's users cannot write to audit; the fixed search_path keeps a
-- caller from slipping functions of its own under ours.
CREATE OR REPLACE FUNCTION audit.record_change()
RETURNS TRIGGER
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old JSONB;
    v_new JSONB;
    v_secret TEXT;
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        v_old := to_jsonb(OLD);
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        v_new := to_jsonb(NEW);
    END IF;

    -- An UPDATE that changed nothing but the time of update is not worth a row.
    IF TG_OP = 'UPDATE' AND v_old - 'updated_at' = v_new - 'updated_at' THEN
        RETURN NULL;
    END IF;

    -- The trigger's arguments name columns whose values must not reach the log.
    FOR i IN 0 .. TG_NARGS - 1 LOOP
        v_secret := TG_ARGV[i];
        v_old := CASE WHEN v_old ? v_secret THEN v_old || jsonb_build_object(v_secret, '***') ELSE v_old END;
        v_new := CASE WHEN v_new ? v_secret THEN v_new || jsonb_build_object(v_secret, '***') ELSE v_new END;
    END LOOP;

    INSERT INTO audit.change_log (
        table_schema, table_name, operation, row_key, changed_by, application_user, old_values, new_values
    )
    VALUES (
        TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP, (COALESCE(v_new, v_old) ->> 'id')::UUID,
        SESSION_USER, NULLIF(current_setting('app.current_user_email', TRUE), ''), v_old, v_new
    );
    RETURN NULL;
END;
$$;

-- Next year's partition is made by whoever keeps the database, with one SELECT.
CREATE OR REPLACE FUNCTION audit.create_change_log_partition(p_year INTEGER)
RETURNS regclass
LANGUAGE plpgsql
AS $$
DECLARE
    v_partition TEXT := format('change_log_%s', p_year);
BEGIN
    IF p_year NOT BETWEEN 2025 AND 2100 THEN
        RAISE EXCEPTION 'No change log partition for year %', p_year USING ERRCODE = 'invalid_parameter_value';
    END IF;

    IF to_regclass(format('audit.%I', v_partition)) IS NULL THEN
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS audit.%I PARTITION OF audit.change_log FOR VALUES FROM (%L) TO (%L)',
            v_partition,
            format('%s-01-01 00:00:00+05:30', p_year),
            format('%s-01-01 00:00:00+05:30', p_year + 1));
        EXECUTE format('COMMENT ON TABLE audit.%I IS %L', v_partition, format('Changes of the year %s', p_year));
    END IF;
    RETURN format('audit.%I', v_partition)::regclass;
END;
$$;

-- =====================================================
-- TRIGGERS
-- =====================================================

DO $$
DECLARE
    v_watched RECORD;
BEGIN
    PERFORM audit.create_change_log_partition(2027);

    FOR v_watched IN
        SELECT * FROM (VALUES
            ('users', $args$'password_hash'$args$),
            ('agents', ''),
            ('policyholders', $args$'pan'$args$),
            ('insurance_policies', ''),
            ('policy_nominees', ''),
            ('premium_payments', '')
        ) AS watched (table_name, arguments)
    LOOP
        IF NOT EXISTS (
            SELECT FROM pg_catalog.pg_trigger
            WHERE tgrelid = format('lic_schema.%I', v_watched.table_name)::regclass AND tgname = 'audit_changes'
        ) THEN
            EXECUTE format(
                'CREATE TRIGGER audit_changes AFTER INSERT OR UPDATE OR DELETE ON lic_schema.%I '
                'FOR EACH ROW EXECUTE FUNCTION audit.record_change(%s)',
                v_watched.table_name, v_watched.arguments);
        END IF;
    END LOOP;
END
$$;

CALL shared.attach_updated_at('audit.change_log', 'audit.login_attempts');

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON FUNCTION audit.record_change() IS 'Row trigger: writes the change to audit.change_log; arguments are columns to mask';
COMMENT ON FUNCTION audit.create_change_log_partition(INTEGER) IS 'Makes the partition of a year unless it exists; year boundaries are Indian time';
COMMENT ON TABLE audit.change_log IS 'Every change to the watched tables, by year';
COMMENT ON COLUMN audit.change_log.updated_at IS 'Equal to created_at for ever; a difference means that somebody touched the log';
COMMENT ON COLUMN audit.change_log.application_user IS 'From the setting app.current_user_email; null when the change came from elsewhere';
COMMENT ON TABLE audit.change_log_2025 IS 'Changes of the year 2025';
COMMENT ON TABLE audit.change_log_2026 IS 'Changes of the year 2026';
COMMENT ON TABLE audit.change_log_rest IS 'Changes outside every other partition; should stay empty';
COMMENT ON TABLE audit.login_attempts IS 'Attempts to sign in, also of people unknown to us';
