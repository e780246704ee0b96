-- Agent Mitra - Migration V1: Create Shared Schema
-- Description: Schemas, extensions, domains and helper routines that every tenant
--              uses, and the reference tables that belong to no tenant.

-- =====================================================
-- SCHEMAS
-- =====================================================

-- lic_schema is in flyway.schemas and already there when this file runs; these two are ours.
CREATE SCHEMA IF NOT EXISTS shared;
CREATE SCHEMA IF NOT EXISTS audit;

COMMENT ON SCHEMA shared IS 'Reference data and helpers common to all tenants; holds no personal data';
COMMENT ON SCHEMA audit IS 'Append-only record of changes and sign-ins';

-- =====================================================
-- EXTENSIONS
-- =====================================================

-- Both are trusted since PostgreSQL 13: the owner of the database may create them, no superuser needed.
-- WITH SCHEMA keeps their functions out of whichever schema happens to be first in the search_path.
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA shared;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA shared;

-- =====================================================
-- DOMAINS
-- =====================================================

-- CREATE DOMAIN has no IF NOT EXISTS, hence the guard.
DO $$
BEGIN
    IF to_regtype('shared.email_address') IS NULL THEN
        CREATE DOMAIN shared.email_address AS VARCHAR(254)
            CONSTRAINT email_address_format CHECK (VALUE ~ '^[^@[:space:];]+@[^@[:space:];]+\.[A-Za-z]{2,}$');
    END IF;

    IF to_regtype('shared.mobile_number') IS NULL THEN
        CREATE DOMAIN shared.mobile_number AS VARCHAR(16)
            CONSTRAINT mobile_number_e164 CHECK (VALUE ~ '^\+[1-9][0-9]{7,14}$');
    END IF;

    IF to_regtype('shared.pan_number') IS NULL THEN
        CREATE DOMAIN shared.pan_number AS VARCHAR(10)
            CONSTRAINT pan_number_format CHECK (VALUE ~ '^[A-Z]{5}[0-9]{4}[A-Z]$');
    END IF;

    IF to_regtype('shared.percentage') IS NULL THEN
        CREATE DOMAIN shared.percentage AS NUMERIC(5, 2)
            CONSTRAINT percentage_range CHECK (VALUE BETWEEN 0 AND 100);
    END IF;
END
$$;

COMMENT ON DOMAIN shared.email_address IS 'One address; no spaces, no semicolons';
COMMENT ON DOMAIN shared.mobile_number IS 'Telephone number in E.164 form, such as +919812345678';
COMMENT ON DOMAIN shared.pan_number IS 'Permanent Account Number of the Indian income tax department';
COMMENT ON DOMAIN shared.percentage IS 'A share from 0 to 100 with two decimals';

-- =====================================================
-- HELPER ROUTINES
-- =====================================================

CREATE OR REPLACE FUNCTION shared.set_updated_at()
RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.updated_at := NOW();
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION shared.set_updated_at() IS 'Row trigger: stamps updated_at on every UPDATE';

-- CREATE OR REPLACE TRIGGER needs PostgreSQL 14, and DROP TRIGGER IF EXISTS would fill the log with
-- "does not exist, skipping"; so migrations call this and may be run again.
CREATE OR REPLACE PROCEDURE shared.attach_updated_at(VARIADIC p_tables regclass[])
LANGUAGE plpgsql
AS $$
DECLARE
    v_table regclass;
BEGIN
    FOREACH v_table IN ARRAY p_tables LOOP
        IF NOT EXISTS (
            SELECT FROM pg_catalog.pg_trigger
            WHERE tgrelid = v_table AND tgname = 'set_updated_at'
        ) THEN
            EXECUTE format(
                'CREATE TRIGGER set_updated_at BEFORE UPDATE ON %s '
                'FOR EACH ROW EXECUTE FUNCTION shared.set_updated_at()', v_table);
        END IF;
    END LOOP;
END;
$$;

COMMENT ON PROCEDURE shared.attach_updated_at(regclass[]) IS
    'Gives each table the trigger set_updated_at unless it has it already';

-- =====================================================
-- NEW TABLES
-- =====================================================

CREATE TABLE IF NOT EXISTS shared.countries (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    iso_code VARCHAR(2) NOT NULL,
    name VARCHAR(100) NOT NULL,
    dialling_code VARCHAR(5) NOT NULL,
    currency_code VARCHAR(3) NOT NULL,
    currency_symbol VARCHAR(4) NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_countries_iso_code UNIQUE (iso_code),
    CONSTRAINT chk_countries_iso_code CHECK (iso_code ~ '^[A-Z]{2}$')
);

CREATE TABLE IF NOT EXISTS shared.languages (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    code VARCHAR(10) NOT NULL,
    name VARCHAR(100) NOT NULL,
    native_name VARCHAR(100) NOT NULL,
    is_right_to_left BOOLEAN NOT NULL DEFAULT FALSE,
    sort_position SMALLINT NOT NULL DEFAULT 100,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_languages_code UNIQUE (code)
);

CREATE TABLE IF NOT EXISTS shared.insurance_categories (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    parent_category_id UUID REFERENCES shared.insurance_categories (id) ON DELETE RESTRICT,
    code VARCHAR(30) NOT NULL,
    name VARCHAR(100) NOT NULL,
    description TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_insurance_categories_code UNIQUE (code),
    CONSTRAINT chk_insurance_categories_parent CHECK (parent_category_id <> id)
);

CREATE TABLE IF NOT EXISTS shared.insurance_providers (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    country_id UUID NOT NULL REFERENCES shared.countries (id) ON DELETE RESTRICT,
    code VARCHAR(30) NOT NULL,
    name VARCHAR(200) NOT NULL,
    registration_number VARCHAR(50),
    support_email shared.email_address,
    support_phone shared.mobile_number,
    website VARCHAR(255),
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_insurance_providers_code UNIQUE (code)
);

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_insurance_categories_parent_category_id
    ON shared.insurance_categories (parent_category_id);
CREATE INDEX IF NOT EXISTS idx_insurance_providers_country_id
    ON shared.insurance_providers (country_id);

-- =====================================================
-- TRIGGERS
-- =====================================================

CALL shared.attach_updated_at(
    'shared.countries', 'shared.languages', 'shared.insurance_categories', 'shared.insurance_providers');

-- =====================================================
-- PRIVILEGES
-- =====================================================

-- Reference data may be read by anyone who can connect. Default privileges count for what *this* role
-- creates from now on, so run all migrations as one user.
GRANT USAGE ON SCHEMA shared TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA shared TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA shared GRANT SELECT ON TABLES TO PUBLIC;

-- The reporting role is made by the operations team and absent on developers' machines.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'agentmitra_reporting') THEN
        GRANT USAGE ON SCHEMA audit TO agentmitra_reporting;
        ALTER DEFAULT PRIVILEGES IN SCHEMA audit GRANT SELECT ON TABLES TO agentmitra_reporting;
    END IF;
END
$$;

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON TABLE shared.countries IS 'Countries we do business in';
COMMENT ON COLUMN shared.countries.currency_symbol IS 'As printed before an amount, such as ₹';
COMMENT ON TABLE shared.languages IS 'Languages an agent or a customer may choose';
COMMENT ON COLUMN shared.languages.native_name IS 'The language''s name in its own script';
COMMENT ON TABLE shared.insurance_categories IS 'Tree of lines of business: life, health, motor ...';
COMMENT ON TABLE shared.insurance_providers IS 'Insurance companies whose plans are sold';
COMMENT ON COLUMN shared.insurance_providers.registration_number IS 'Number given by the regulator (IRDAI)';
