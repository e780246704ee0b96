-- Agent Mitra - Migration V21: Create Policy Functions
-- Description: Arithmetic of premiums, the nightly lapse of unpaid policies, and the search
--              box of the application.
--
-- Tables stand in ${flyway:defaultSchema}; names below are qualified all the same, for these
-- functions are also called by sessions with another search_path.

-- =====================================================
-- ARITHMETIC
-- =====================================================

-- With a body in standard SQL (BEGIN ATOMIC, PostgreSQL 14 and later) the server knows what the
-- function depends on; PostgreSQL 13 gets the same as a string. EXECUTE, since 13 can't parse the first.
DO $migration$
BEGIN
    IF current_setting('server_version_num')::INTEGER >= 140000 THEN
        EXECUTE $ddl$
            CREATE OR REPLACE FUNCTION lic_schema.premium_with_gst(p_premium NUMERIC, p_rate NUMERIC)
            RETURNS NUMERIC
            LANGUAGE sql
            IMMUTABLE STRICT
            BEGIN ATOMIC
                SELECT CASE WHEN p_rate = 0 THEN p_premium ELSE ROUND(p_premium * (1 + p_rate / 100), 2) END;
            END
        $ddl$;
    ELSE
        EXECUTE $ddl$
            CREATE OR REPLACE FUNCTION lic_schema.premium_with_gst(p_premium NUMERIC, p_rate NUMERIC)
            RETURNS NUMERIC
            LANGUAGE sql
            IMMUTABLE STRICT
            AS $body$
                SELECT CASE WHEN p_rate = 0 THEN p_premium ELSE ROUND(p_premium * (1 + p_rate / 100), 2) END;
            $body$
        $ddl$;
    END IF;
END
$migration$;

CREATE OR REPLACE FUNCTION lic_schema.instalment_interval(p_frequency lic_schema.premium_frequency_enum)
RETURNS INTERVAL
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT CASE p_frequency
        WHEN 'monthly' THEN INTERVAL '1 month'
        WHEN 'quarterly' THEN INTERVAL '3 months'
        WHEN 'half_yearly' THEN INTERVAL '6 months'
        WHEN 'yearly' THEN INTERVAL '1 year'
    END; -- null for a single premium: there is no next one
$$;

-- ₹ 12,34,567.80: groups of two after the first three digits.
CREATE OR REPLACE FUNCTION lic_schema.format_rupees(p_amount NUMERIC)
RETURNS TEXT
LANGUAGE plpgsql
IMMUTABLE STRICT
AS $$
DECLARE
    v_digits TEXT := trunc(abs(p_amount))::TEXT;
    v_paise TEXT := to_char(round((abs(p_amount) - trunc(abs(p_amount))) * 100), 'FM00');
    v_grouped TEXT := right(v_digits, 3);
BEGIN
    v_digits := left(v_digits, -3);
    WHILE v_digits <> '' LOOP
        v_grouped := right(v_digits, 2) || ',' || v_grouped;
        v_digits := left(v_digits, -2);
    END LOOP;
    RETURN CASE WHEN p_amount < 0 THEN '-' ELSE '' END || '₹ ' || v_grouped || '.' || v_paise;
END;
$$;

-- =====================================================
-- LAPSE
-- =====================================================

-- Called by the nightly job. It commits after every thousand policies, so that no lock is held for
-- long; therefore it can be called only outside a transaction, and never from a migration.
CREATE OR REPLACE PROCEDURE lic_schema.lapse_overdue_policies(p_on DATE DEFAULT CURRENT_DATE)
LANGUAGE plpgsql
AS $$
DECLARE
    v_done INTEGER;
BEGIN
    LOOP
        WITH overdue AS (
            SELECT p.id, EXTRACT(YEAR FROM age(p_on, p.start_date)) AS years_in_force
            FROM lic_schema.insurance_policies AS p
            WHERE p.status = 'active' AND p.next_premium_due + p.grace_days < p_on
            ORDER BY p.id
            LIMIT 1000
            FOR UPDATE SKIP LOCKED
        )
        UPDATE lic_schema.insurance_policies AS p
        SET status = CASE WHEN overdue.years_in_force >= 3 THEN 'paid_up' ELSE 'lapsed' END::lic_schema.policy_status_enum,
            lapsed_on = CASE WHEN overdue.years_in_force < 3 THEN p_on END
        FROM overdue
        WHERE overdue.id = p.id;

        GET DIAGNOSTICS v_done = ROW_COUNT;
        COMMIT;
        EXIT WHEN v_done = 0;
    END LOOP;
END;
$$;

-- A premium that is paid moves the policy's next due date.
CREATE OR REPLACE FUNCTION lic_schema.advance_next_premium()
RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE lic_schema.insurance_policies AS p
    SET next_premium_due = (NEW.due_date + lic_schema.instalment_interval(p.premium_frequency))::DATE
    WHERE p.id = NEW.policy_id
      AND p.next_premium_due = NEW.due_date;
    RETURN NULL;
END;
$$;

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_trigger
        WHERE tgrelid = 'lic_schema.premium_payments'::regclass AND tgname = 'advance_next_premium'
    ) THEN
        CREATE TRIGGER advance_next_premium
            AFTER UPDATE OF status ON lic_schema.premium_payments
            FOR EACH ROW
            WHEN (NEW.status = 'paid' AND OLD.status IS DISTINCT FROM NEW.status)
            EXECUTE FUNCTION lic_schema.advance_next_premium();
    END IF;
END
$$;

-- =====================================================
-- SEARCH
-- =====================================================

CREATE OR REPLACE FUNCTION lic_schema.find_policyholders(p_text TEXT, p_limit INTEGER DEFAULT 20)
RETURNS SETOF lic_schema.policyholders
LANGUAGE sql
STABLE
AS $$
    SELECT h.*
    FROM lic_schema.policyholders AS h
    WHERE h.full_name ILIKE '%' || p_text || '%'
       OR h.mobile LIKE '%' || p_text
       OR h.customer_number = upper(p_text)
       OR EXISTS (
           SELECT FROM lic_schema.insurance_policies AS p
           WHERE p.policyholder_id = h.id AND p.policy_number = upper(p_text)
       )
    ORDER BY h.full_name, h.id
    LIMIT p_limit;
$$;

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON FUNCTION lic_schema.premium_with_gst(NUMERIC, NUMERIC) IS 'Premium plus GST, rounded to paise';
COMMENT ON FUNCTION lic_schema.instalment_interval(lic_schema.premium_frequency_enum) IS 'Time between two premiums; null for a single one';
COMMENT ON FUNCTION lic_schema.format_rupees(NUMERIC) IS 'Amount as it is printed in India: ₹ 12,34,567.80';
COMMENT ON PROCEDURE lic_schema.lapse_overdue_policies(DATE) IS 'Lapses active policies past their days of grace; after three years they become paid up. Commits; job of schema ${flyway:defaultSchema}';
COMMENT ON FUNCTION lic_schema.find_policyholders(TEXT, INTEGER) IS 'Search box: part of the name, end of the mobile number, customer or policy number';
