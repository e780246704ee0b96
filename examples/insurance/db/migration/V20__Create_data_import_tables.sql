-- Agent Mitra - Migration V20: Create Data Import Tables
-- Description: Spreadsheets that agents upload: the import, its rows, and what was wrong.

-- =====================================================
-- TYPES
-- =====================================================

DO $$
BEGIN
    IF to_regtype('lic_schema.import_status_enum') IS NULL THEN
        CREATE TYPE lic_schema.import_status_enum AS ENUM (
            'uploaded', 'checking', 'ready', 'running', 'done', 'failed', 'cancelled'
        );
    END IF;
END
$$;

-- =====================================================
-- NEW TABLES
-- =====================================================

CREATE TABLE IF NOT EXISTS lic_schema.data_imports (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE CASCADE,
    uploaded_by_user_id UUID REFERENCES lic_schema.users (id) ON DELETE SET NULL,
    target_table VARCHAR(63) NOT NULL,
    file_name VARCHAR(255) NOT NULL,
    column_mapping JSONB NOT NULL DEFAULT '{}',
    status lic_schema.import_status_enum NOT NULL DEFAULT 'uploaded',
    rows_total INTEGER NOT NULL DEFAULT 0,
    rows_imported INTEGER NOT NULL DEFAULT 0,
    rows_rejected INTEGER NOT NULL DEFAULT 0,
    finished_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT chk_data_imports_counts CHECK (
        rows_imported >= 0 AND rows_rejected >= 0 AND rows_imported + rows_rejected <= rows_total
    ),
    CONSTRAINT chk_data_imports_target CHECK (target_table IN ('policyholders', 'insurance_policies', 'leads'))
);

CREATE TABLE IF NOT EXISTS lic_schema.data_import_rows (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    import_id UUID NOT NULL REFERENCES lic_schema.data_imports (id) ON DELETE CASCADE,
    line_number INTEGER NOT NULL,
    content JSONB NOT NULL,
    problems TEXT[] NOT NULL DEFAULT '{}',
    imported_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_data_import_rows_import_id_line_number UNIQUE (import_id, line_number),
    CONSTRAINT chk_data_import_rows_line_number CHECK (line_number > 0),
    CONSTRAINT chk_data_import_rows_imported CHECK (imported_at IS NULL OR problems = '{}')
);

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_data_imports_tenant_id_created_at
    ON lic_schema.data_imports (tenant_id, created_at DESC);
CREATE INDEX IF NOT EXISTS idx_data_imports_uploaded_by_user_id ON lic_schema.data_imports (uploaded_by_user_id);
CREATE INDEX IF NOT EXISTS idx_data_import_rows_content
    ON lic_schema.data_import_rows USING gin (content jsonb_path_ops);
CREATE INDEX IF NOT EXISTS idx_data_import_rows_problems ON lic_schema.data_import_rows (import_id)
    WHERE cardinality(problems) > 0;

-- =====================================================
-- FUNCTIONS
-- =====================================================

-- Says what is wrong with one row for policyholders; an empty array means nothing.
CREATE OR REPLACE FUNCTION lic_schema.problems_of_policyholder(p_content JSONB)
RETURNS TEXT[]
LANGUAGE sql
IMMUTABLE
AS $function$
    SELECT array_remove(ARRAY[
        CASE WHEN COALESCE(p_content ->> 'first_name', '') = '' THEN 'first_name is empty' END,
        CASE WHEN p_content ->> 'mobile' !~ '^\+?[0-9 -]{10,16}$' THEN 'mobile isn''t a telephone number' END,
        CASE WHEN p_content ->> 'pan' !~ '^[A-Z]{5}[0-9]{4}[A-Z]$' THEN 'pan must be like ABCDE1234F; check for O and 0' END,
        CASE WHEN p_content ->> 'premium' ~ '[$€]' THEN 'premium is in rupees (₹); other currencies are not taken' END
    ], NULL);
$function$;

-- =====================================================
-- TRIGGERS AND POLICIES
-- =====================================================

CALL shared.attach_updated_at('lic_schema.data_imports', 'lic_schema.data_import_rows');
CALL lic_schema.isolate_by_tenant('lic_schema.data_imports');

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON FUNCTION lic_schema.problems_of_policyholder(JSONB) IS 'What is wrong with a row to be imported; empty if nothing';
COMMENT ON TABLE lic_schema.data_imports IS 'Spreadsheets uploaded, and how far each got';
COMMENT ON COLUMN lic_schema.data_imports.column_mapping IS 'Heading of the spreadsheet to column of the table';
COMMENT ON TABLE lic_schema.data_import_rows IS 'Rows of a spreadsheet as they were read';
