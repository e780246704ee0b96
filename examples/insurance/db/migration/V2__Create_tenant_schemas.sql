-- Agent Mitra - Migration V2: Create Tenant Schemas
-- Description: The register of tenants, their settings, and one schema for each tenant
--              with the tables in which it may depart from the common product.

-- =====================================================
-- TYPES
-- =====================================================

DO $$
BEGIN
    IF to_regtype('shared.tenant_status_enum') IS NULL THEN
        CREATE TYPE shared.tenant_status_enum AS ENUM ('trial', 'active', 'suspended', 'closed');
    END IF;
END
$$;

COMMENT ON TYPE shared.tenant_status_enum IS 'Life of a tenant; closed is final';

-- =====================================================
-- NEW TABLES
-- =====================================================

CREATE TABLE IF NOT EXISTS shared.tenants (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    code VARCHAR(20) NOT NULL,
    name VARCHAR(200) NOT NULL,
    schema_name VARCHAR(63) NOT NULL,
    provider_id UUID REFERENCES shared.insurance_providers (id) ON DELETE RESTRICT,
    country_id UUID NOT NULL REFERENCES shared.countries (id) ON DELETE RESTRICT,
    default_language_id UUID NOT NULL REFERENCES shared.languages (id) ON DELETE RESTRICT,
    status shared.tenant_status_enum NOT NULL DEFAULT 'trial',
    trial_ends_on DATE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_tenants_code UNIQUE (code),
    CONSTRAINT uq_tenants_schema_name UNIQUE (schema_name),
    CONSTRAINT chk_tenants_code CHECK (code ~ '^[A-Z][A-Z0-9_]*$'),
    CONSTRAINT chk_tenants_schema_name CHECK (schema_name ~ '^[a-z][a-z0-9_]*_schema$'),
    CONSTRAINT chk_tenants_trial CHECK (status <> 'trial' OR trial_ends_on IS NOT NULL)
);

CREATE TABLE IF NOT EXISTS shared.tenant_settings (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE CASCADE,
    setting_key VARCHAR(100) NOT NULL,
    setting_value JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_tenant_settings_tenant_id_setting_key UNIQUE (tenant_id, setting_key)
);

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_tenants_provider_id ON shared.tenants (provider_id);
CREATE INDEX IF NOT EXISTS idx_tenants_country_id ON shared.tenants (country_id);
CREATE INDEX IF NOT EXISTS idx_tenants_default_language_id ON shared.tenants (default_language_id);

-- =====================================================
-- TENANT SCHEMAS
-- =====================================================

-- A procedure and not a block, for a new tenant is set up by a later migration with one CALL.
-- lic_schema holds the whole application and gets no copy of these tables.
CREATE OR REPLACE PROCEDURE shared.create_tenant_schema(p_schema NAME)
LANGUAGE plpgsql
AS $procedure$
BEGIN
    IF to_regnamespace(quote_ident(p_schema)) IS NULL THEN
        EXECUTE format('CREATE SCHEMA %I', p_schema);
    END IF;

    EXECUTE format($ddl$
        CREATE TABLE IF NOT EXISTS %1$I.branding_themes (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            name VARCHAR(100) NOT NULL UNIQUE,
            primary_colour VARCHAR(7) NOT NULL CHECK (primary_colour ~ '^#[0-9A-F]{6}$'),
            logo_url VARCHAR(500),
            is_default BOOLEAN NOT NULL DEFAULT FALSE,
            created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
            updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
        )
    $ddl$, p_schema);

    EXECUTE format($ddl$
        CREATE TABLE IF NOT EXISTS %1$I.category_rules (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            category_id UUID NOT NULL REFERENCES shared.insurance_categories (id) ON DELETE RESTRICT,
            maximum_discount shared.percentage NOT NULL DEFAULT 0,
            underwriting_notes TEXT,
            valid_during DATERANGE NOT NULL DEFAULT daterange(CURRENT_DATE, NULL),
            created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
            updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
            CONSTRAINT excl_category_rules_period
                EXCLUDE USING gist (category_id WITH =, valid_during WITH &&)
        )
    $ddl$, p_schema);

    EXECUTE format(
        'CREATE INDEX IF NOT EXISTS idx_category_rules_category_id ON %I.category_rules (category_id)', p_schema);
    EXECUTE format(
        'CREATE UNIQUE INDEX IF NOT EXISTS uq_branding_themes_default ON %I.branding_themes (is_default) '
        'WHERE is_default', p_schema);
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', p_schema, 'Departures of one tenant from the common product');
    EXECUTE format('COMMENT ON TABLE %I.branding_themes IS %L', p_schema, 'Colours and logo of the tenant''s app');
    EXECUTE format('COMMENT ON TABLE %I.category_rules IS %L', p_schema, 'Discounts by category; periods may not overlap');
    EXECUTE format('CALL shared.attach_updated_at(%L, %L)',
        format('%I.branding_themes', p_schema), format('%I.category_rules', p_schema));
END;
$procedure$;

COMMENT ON PROCEDURE shared.create_tenant_schema(NAME) IS
    'Creates the schema of a tenant and its tables; may be called again';

DO $$
DECLARE
    v_schema NAME;
BEGIN
    FOREACH v_schema IN ARRAY ARRAY['surya_life_schema', 'kaveri_general_schema'] LOOP
        CALL shared.create_tenant_schema(v_schema);
        RAISE NOTICE 'Tenant schema % is ready', v_schema;
    END LOOP;
END
$$;

-- =====================================================
-- TRIGGERS
-- =====================================================

CALL shared.attach_updated_at('shared.tenants', 'shared.tenant_settings');

-- =====================================================
-- PRIVILEGES
-- =====================================================

-- V1 lets everyone read what is made in shared; settings are nobody else's business.
REVOKE SELECT ON shared.tenant_settings FROM PUBLIC;

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON SCHEMA lic_schema IS 'The application''s own schema; rows of all tenants, told apart by tenant_id';
COMMENT ON TABLE shared.tenants IS 'Organisations that use the platform';
COMMENT ON COLUMN shared.tenants.schema_name IS 'Where the tenant''s own tables are; see shared.create_tenant_schema';
COMMENT ON TABLE shared.tenant_settings IS 'Settings of a tenant, one row a key';
