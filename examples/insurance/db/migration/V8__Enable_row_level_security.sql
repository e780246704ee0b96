-- Agent Mitra - Migration V8: Enable Row Level Security
-- Description: A session sees the rows of its own tenant, named in app.current_tenant_id.
--              The owner of the tables is exempt, so migrations and seeds see everything.

-- =====================================================
-- FUNCTIONS
-- =====================================================

-- STABLE and plain SQL, so that the planner inlines it. Unset or empty means no tenant, and no rows.
CREATE OR REPLACE FUNCTION lic_schema.current_tenant_id()
RETURNS UUID
LANGUAGE sql
STABLE
PARALLEL SAFE
AS $$
    SELECT NULLIF(current_setting('app.current_tenant_id', TRUE), '')::UUID;
$$;

-- Later migrations give a new table its policy with one CALL.
CREATE OR REPLACE PROCEDURE lic_schema.isolate_by_tenant(VARIADIC p_tables regclass[])
LANGUAGE plpgsql
AS $$
DECLARE
    v_table regclass;
BEGIN
    FOREACH v_table IN ARRAY p_tables LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', v_table);

        IF NOT EXISTS (
            SELECT FROM pg_catalog.pg_policy
            WHERE polrelid = v_table AND polname = 'tenant_isolation'
        ) THEN
            EXECUTE format(
                'CREATE POLICY tenant_isolation ON %s '
                'USING (tenant_id = lic_schema.current_tenant_id()) '
                'WITH CHECK (tenant_id = lic_schema.current_tenant_id())', v_table);
        END IF;
    END LOOP;
END;
$$;

-- =====================================================
-- POLICIES
-- =====================================================

CALL lic_schema.isolate_by_tenant(
    'lic_schema.branches',
    'lic_schema.users',
    'lic_schema.agents',
    'lic_schema.policyholders',
    'lic_schema.insurance_policies',
    'lic_schema.premium_payments',
    'lic_schema.roles',
    'lic_schema.message_templates',
    'lic_schema.notifications'
);

-- Nominees have no tenant_id of their own: they belong to whoever may see the policy.
ALTER TABLE lic_schema.policy_nominees ENABLE ROW LEVEL SECURITY;

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_policy
        WHERE polrelid = 'lic_schema.policy_nominees'::regclass AND polname = 'visible_with_policy'
    ) THEN
        CREATE POLICY visible_with_policy ON lic_schema.policy_nominees
            USING (
                EXISTS (
                    SELECT FROM lic_schema.insurance_policies AS p
                    WHERE p.id = policy_nominees.policy_id
                )
            );
    END IF;

    -- A policyholder sees only notifications addressed to the user who signed in. RESTRICTIVE: it
    -- narrows tenant_isolation, where a permissive one would widen it.
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_policy
        WHERE polrelid = 'lic_schema.notifications'::regclass AND polname = 'own_notifications'
    ) THEN
        CREATE POLICY own_notifications ON lic_schema.notifications
            AS RESTRICTIVE
            FOR SELECT
            USING (
                COALESCE(NULLIF(current_setting('app.current_user_id', TRUE), '')::UUID, user_id) = user_id
            );
    END IF;
END
$$;

-- =====================================================
-- PRIVILEGES
-- =====================================================

-- The application's role is made by the operations team; without it the policies concern nobody.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'agentmitra_app') THEN
        GRANT USAGE ON SCHEMA lic_schema TO agentmitra_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA lic_schema TO agentmitra_app;
        -- "all tables" includes Flyway's own, which is not the application's to write
        IF to_regclass('lic_schema.flyway_schema_history') IS NOT NULL THEN
            REVOKE ALL ON lic_schema.flyway_schema_history FROM agentmitra_app;
        END IF;
        ALTER DEFAULT PRIVILEGES IN SCHEMA lic_schema
            GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO agentmitra_app;
        ALTER DEFAULT PRIVILEGES IN SCHEMA lic_schema GRANT USAGE ON SEQUENCES TO agentmitra_app;
    END IF;
END
$$;

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON FUNCTION lic_schema.current_tenant_id() IS 'Tenant of this session, from the setting app.current_tenant_id; null if unset';
COMMENT ON PROCEDURE lic_schema.isolate_by_tenant(regclass[]) IS 'Row-level security by tenant_id for each table; may be called again';
COMMENT ON POLICY visible_with_policy ON lic_schema.policy_nominees IS 'A nominee is visible to those who see the policy';
COMMENT ON POLICY own_notifications ON lic_schema.notifications IS 'Narrows to the user in app.current_user_id, if that is set';
