-- Agent Mitra - Migration V12: Create Lead Tables
-- Description: People who may become policyholders, what was done to win them, and the
--              quotations they were given.

-- =====================================================
-- TYPES
-- =====================================================

DO $$
BEGIN
    IF to_regtype('lic_schema.lead_stage_enum') IS NULL THEN
        CREATE TYPE lic_schema.lead_stage_enum AS ENUM (
            'new', 'contacted', 'qualified', 'quoted', 'won', 'lost'
        );
    END IF;

    IF to_regtype('lic_schema.lead_activity_enum') IS NULL THEN
        CREATE TYPE lic_schema.lead_activity_enum AS ENUM ('call', 'visit', 'message', 'quote', 'note');
    END IF;
END
$$;

-- =====================================================
-- NEW TABLES
-- =====================================================

CREATE TABLE IF NOT EXISTS lic_schema.leads (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE CASCADE,
    agent_id UUID REFERENCES lic_schema.agents (id) ON DELETE SET NULL,
    category_id UUID REFERENCES shared.insurance_categories (id) ON DELETE SET NULL,
    policyholder_id UUID REFERENCES lic_schema.policyholders (id) ON DELETE SET NULL,
    full_name VARCHAR(200) NOT NULL,
    mobile shared.mobile_number NOT NULL,
    email shared.email_address,
    stage lic_schema.lead_stage_enum NOT NULL DEFAULT 'new',
    source VARCHAR(50) NOT NULL DEFAULT 'walk_in',
    expected_premium NUMERIC(14, 2),
    score SMALLINT NOT NULL DEFAULT 0,
    lost_reason VARCHAR(200),
    attributes JSONB NOT NULL DEFAULT '{}',
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT chk_leads_score CHECK (score BETWEEN 0 AND 100),
    CONSTRAINT chk_leads_expected_premium CHECK (expected_premium >= 0),
    CONSTRAINT chk_leads_won CHECK (stage <> 'won' OR policyholder_id IS NOT NULL),
    CONSTRAINT chk_leads_lost CHECK ((stage = 'lost') = (lost_reason IS NOT NULL))
);

CREATE TABLE IF NOT EXISTS lic_schema.lead_activities (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    lead_id UUID NOT NULL REFERENCES lic_schema.leads (id) ON DELETE CASCADE,
    performed_by_user_id UUID REFERENCES lic_schema.users (id) ON DELETE SET NULL,
    activity lic_schema.lead_activity_enum NOT NULL,
    notes TEXT,
    happened_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);

CREATE TABLE IF NOT EXISTS lic_schema.premium_quotes (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE CASCADE,
    lead_id UUID NOT NULL REFERENCES lic_schema.leads (id) ON DELETE CASCADE,
    plan_id UUID NOT NULL REFERENCES lic_schema.insurance_plans (id) ON DELETE RESTRICT,
    sum_assured NUMERIC(14, 2) NOT NULL,
    net_premium NUMERIC(14, 2) NOT NULL,
    gst_rate shared.percentage NOT NULL,
    gross_premium NUMERIC(14, 2) GENERATED ALWAYS AS (ROUND(net_premium * (1 + gst_rate / 100), 2)) STORED,
    valid_until DATE NOT NULL,
    accepted_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT chk_premium_quotes_amounts CHECK (sum_assured > 0 AND net_premium > 0)
);

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_leads_tenant_id_stage ON lic_schema.leads (tenant_id, stage);
CREATE INDEX IF NOT EXISTS idx_leads_agent_id ON lic_schema.leads (agent_id);
CREATE INDEX IF NOT EXISTS idx_leads_category_id ON lic_schema.leads (category_id);
CREATE INDEX IF NOT EXISTS idx_leads_policyholder_id ON lic_schema.leads (policyholder_id);
CREATE INDEX IF NOT EXISTS idx_leads_full_name ON lic_schema.leads USING gin (full_name shared.gin_trgm_ops);
CREATE INDEX IF NOT EXISTS idx_leads_attributes ON lic_schema.leads USING gin (attributes jsonb_path_ops);
CREATE INDEX IF NOT EXISTS idx_leads_email ON lic_schema.leads (lower(email)) WHERE email IS NOT NULL;

-- One open lead for a telephone number; after it is won or lost the person may come again.
CREATE UNIQUE INDEX IF NOT EXISTS uq_leads_open_mobile ON lic_schema.leads (tenant_id, mobile)
    WHERE stage NOT IN ('won', 'lost');

CREATE INDEX IF NOT EXISTS idx_lead_activities_lead_id_happened_at
    ON lic_schema.lead_activities (lead_id, happened_at DESC);
CREATE INDEX IF NOT EXISTS idx_lead_activities_performed_by_user_id
    ON lic_schema.lead_activities (performed_by_user_id);

CREATE INDEX IF NOT EXISTS idx_premium_quotes_tenant_id ON lic_schema.premium_quotes (tenant_id);
CREATE INDEX IF NOT EXISTS idx_premium_quotes_lead_id ON lic_schema.premium_quotes (lead_id);
CREATE INDEX IF NOT EXISTS idx_premium_quotes_plan_id ON lic_schema.premium_quotes (plan_id);

-- =====================================================
-- TRIGGERS AND POLICIES
-- =====================================================

CALL shared.attach_updated_at('lic_schema.leads', 'lic_schema.lead_activities', 'lic_schema.premium_quotes');
CALL lic_schema.isolate_by_tenant('lic_schema.leads', 'lic_schema.premium_quotes');

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON TABLE lic_schema.leads IS 'People who may buy; a won lead points to the policyholder it became';
COMMENT ON COLUMN lic_schema.leads.score IS '0 to 100; computed by the application every night';
COMMENT ON COLUMN lic_schema.leads.attributes IS 'Answers of the questionnaire; search with @>';
COMMENT ON TABLE lic_schema.lead_activities IS 'What was done about a lead, newest first on screen';
COMMENT ON TABLE lic_schema.premium_quotes IS 'Quotations; binding for the insurer until valid_until';
COMMENT ON COLUMN lic_schema.premium_quotes.gross_premium IS 'Net premium plus GST in rupees (₹), computed';
