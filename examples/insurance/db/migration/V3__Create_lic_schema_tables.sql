-- Agent Mitra - Migration V3: Create LIC Schema Tables
-- Description: The heart of the platform: branches, users, agents, policyholders, plans,
--              policies, nominees and premium payments.
--
-- Conventions kept by every later migration as well:
--   * uuid primary key "id", made by the server;
--   * tenant_id on every table a tenant's user may see (V8 hangs row-level security on it);
--   * created_at and updated_at, with time zone, never null;
--   * money is NUMERIC(14, 2) in rupees (₹), never floating point;
--   * constraints have names: fk is left to PostgreSQL, uq_, chk_ and excl_ are ours.

-- =====================================================
-- TYPES
-- =====================================================

DO $$
BEGIN
    IF to_regtype('lic_schema.user_status_enum') IS NULL THEN
        CREATE TYPE lic_schema.user_status_enum AS ENUM ('invited', 'active', 'locked', 'deactivated');
    END IF;

    IF to_regtype('lic_schema.agent_status_enum') IS NULL THEN
        CREATE TYPE lic_schema.agent_status_enum AS ENUM (
            'pending_approval', 'active', 'on_leave', 'suspended', 'terminated'
        );
    END IF;

    IF to_regtype('lic_schema.gender_enum') IS NULL THEN
        CREATE TYPE lic_schema.gender_enum AS ENUM ('female', 'male', 'other', 'undisclosed');
    END IF;

    IF to_regtype('lic_schema.policy_status_enum') IS NULL THEN
        CREATE TYPE lic_schema.policy_status_enum AS ENUM (
            'draft', 'pending_approval', 'under_review', 'active', 'lapsed',
            'surrendered', 'matured', 'claimed', 'cancelled'
        );
    END IF;

    IF to_regtype('lic_schema.premium_frequency_enum') IS NULL THEN
        CREATE TYPE lic_schema.premium_frequency_enum AS ENUM (
            'monthly', 'quarterly', 'half_yearly', 'yearly', 'single'
        );
    END IF;

    IF to_regtype('lic_schema.payment_status_enum') IS NULL THEN
        CREATE TYPE lic_schema.payment_status_enum AS ENUM (
            'due', 'processing', 'paid', 'failed', 'refunded', 'waived'
        );
    END IF;

    IF to_regtype('lic_schema.payment_method_enum') IS NULL THEN
        CREATE TYPE lic_schema.payment_method_enum AS ENUM (
            'upi', 'card', 'net_banking', 'auto_debit', 'cheque', 'cash'
        );
    END IF;
END
$$;

COMMENT ON TYPE lic_schema.policy_status_enum IS 'Life of a policy, in the usual order';
COMMENT ON TYPE lic_schema.premium_frequency_enum IS 'How often a premium falls due; single means once';

-- =====================================================
-- NEW TABLES: people and places
-- =====================================================

CREATE TABLE IF NOT EXISTS lic_schema.branches (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE RESTRICT,
    parent_branch_id UUID REFERENCES lic_schema.branches (id) ON DELETE RESTRICT,
    code VARCHAR(20) NOT NULL,
    name VARCHAR(150) NOT NULL,
    city VARCHAR(100) NOT NULL,
    state VARCHAR(100) NOT NULL,
    pin_code VARCHAR(6) NOT NULL,
    phone shared.mobile_number,
    opens_at TIME NOT NULL DEFAULT '09:30',
    closes_at TIME NOT NULL DEFAULT '17:30',
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_branches_tenant_id_code UNIQUE (tenant_id, code),
    CONSTRAINT chk_branches_pin_code CHECK (pin_code ~ '^[1-9][0-9]{5}$'),
    CONSTRAINT chk_branches_hours CHECK (closes_at > opens_at)
);

CREATE TABLE IF NOT EXISTS lic_schema.users (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE RESTRICT,
    preferred_language_id UUID REFERENCES shared.languages (id) ON DELETE SET NULL,
    email shared.email_address NOT NULL,
    mobile shared.mobile_number,
    password_hash VARCHAR(60) NOT NULL,
    full_name VARCHAR(200) NOT NULL,
    status lic_schema.user_status_enum NOT NULL DEFAULT 'invited',
    failed_sign_ins SMALLINT NOT NULL DEFAULT 0,
    last_sign_in_at TIMESTAMPTZ,
    deactivated_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT chk_users_password_hash CHECK (password_hash ~ '^\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}$'),
    CONSTRAINT chk_users_failed_sign_ins CHECK (failed_sign_ins >= 0),
    CONSTRAINT chk_users_deactivated CHECK ((status = 'deactivated') = (deactivated_at IS NOT NULL))
);

CREATE TABLE IF NOT EXISTS lic_schema.agents (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE RESTRICT,
    user_id UUID NOT NULL REFERENCES lic_schema.users (id) ON DELETE RESTRICT,
    branch_id UUID NOT NULL REFERENCES lic_schema.branches (id) ON DELETE RESTRICT,
    manager_agent_id UUID REFERENCES lic_schema.agents (id) ON DELETE SET NULL,
    agent_code VARCHAR(20) NOT NULL,
    licence_number VARCHAR(50),
    licence_valid_until DATE,
    status lic_schema.agent_status_enum NOT NULL DEFAULT 'pending_approval',
    territories TEXT[] NOT NULL DEFAULT '{}',
    specialisations TEXT[] NOT NULL DEFAULT '{}',
    profile JSONB NOT NULL DEFAULT '{}',
    joined_on DATE NOT NULL DEFAULT CURRENT_DATE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_agents_user_id UNIQUE (user_id),
    CONSTRAINT uq_agents_tenant_id_agent_code UNIQUE (tenant_id, agent_code),
    CONSTRAINT uq_agents_tenant_id_id UNIQUE (tenant_id, id),
    CONSTRAINT chk_agents_manager CHECK (manager_agent_id <> id),
    CONSTRAINT chk_agents_licence CHECK (
        status = 'pending_approval' OR (licence_number IS NOT NULL AND licence_valid_until IS NOT NULL)
    ),
    CONSTRAINT chk_agents_profile CHECK (jsonb_typeof(profile) = 'object')
);

CREATE TABLE IF NOT EXISTS lic_schema.policyholders (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE RESTRICT,
    agent_id UUID REFERENCES lic_schema.agents (id) ON DELETE SET NULL,
    user_id UUID REFERENCES lic_schema.users (id) ON DELETE SET NULL,
    preferred_language_id UUID REFERENCES shared.languages (id) ON DELETE SET NULL,
    customer_number VARCHAR(20) NOT NULL,
    first_name VARCHAR(100) NOT NULL,
    last_name VARCHAR(100),
    full_name VARCHAR(201) GENERATED ALWAYS AS (
        first_name || COALESCE(' ' || last_name, '')
    ) STORED,
    date_of_birth DATE NOT NULL,
    gender lic_schema.gender_enum NOT NULL DEFAULT 'undisclosed',
    mobile shared.mobile_number NOT NULL,
    email shared.email_address,
    pan shared.pan_number,
    address JSONB NOT NULL DEFAULT '{}',
    whatsapp_opt_in BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_policyholders_tenant_id_customer_number UNIQUE (tenant_id, customer_number),
    CONSTRAINT chk_policyholders_date_of_birth CHECK (date_of_birth >= DATE '1900-01-01')
);

-- =====================================================
-- NEW TABLES: products and contracts
-- =====================================================

CREATE TABLE IF NOT EXISTS lic_schema.insurance_plans (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    provider_id UUID NOT NULL REFERENCES shared.insurance_providers (id) ON DELETE RESTRICT,
    category_id UUID NOT NULL REFERENCES shared.insurance_categories (id) ON DELETE RESTRICT,
    plan_code VARCHAR(30) NOT NULL,
    name VARCHAR(200) NOT NULL,
    summary TEXT,
    entry_age INT4RANGE NOT NULL DEFAULT int4range(18, 66),
    sum_assured_range NUMRANGE NOT NULL,
    gst_rate shared.percentage NOT NULL DEFAULT 18,
    features JSONB NOT NULL DEFAULT '[]',
    on_sale_during DATERANGE NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_insurance_plans_provider_id_plan_code UNIQUE (provider_id, plan_code),
    CONSTRAINT chk_insurance_plans_entry_age CHECK (lower(entry_age) >= 0 AND NOT isempty(entry_age)),
    CONSTRAINT chk_insurance_plans_features CHECK (jsonb_typeof(features) = 'array')
);

CREATE TABLE IF NOT EXISTS lic_schema.insurance_policies (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE RESTRICT,
    policyholder_id UUID NOT NULL REFERENCES lic_schema.policyholders (id) ON DELETE RESTRICT,
    agent_id UUID REFERENCES lic_schema.agents (id) ON DELETE SET NULL,
    plan_id UUID NOT NULL REFERENCES lic_schema.insurance_plans (id) ON DELETE RESTRICT,
    policy_number VARCHAR(30) NOT NULL,
    status lic_schema.policy_status_enum NOT NULL DEFAULT 'draft',
    sum_assured NUMERIC(14, 2) NOT NULL,
    premium_amount NUMERIC(14, 2) NOT NULL,
    premium_frequency lic_schema.premium_frequency_enum NOT NULL DEFAULT 'yearly',
    annual_premium NUMERIC(14, 2) GENERATED ALWAYS AS (
        premium_amount * CASE premium_frequency
            WHEN 'monthly' THEN 12
            WHEN 'quarterly' THEN 4
            WHEN 'half_yearly' THEN 2
            ELSE 1
        END
    ) STORED,
    start_date DATE,
    maturity_date DATE,
    next_premium_due DATE,
    terms JSONB NOT NULL DEFAULT '{}',
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_insurance_policies_tenant_id_policy_number UNIQUE (tenant_id, policy_number),
    CONSTRAINT chk_insurance_policies_amounts CHECK (sum_assured > 0 AND premium_amount > 0),
    CONSTRAINT chk_insurance_policies_dates CHECK (maturity_date > start_date),
    CONSTRAINT chk_insurance_policies_started CHECK (
        status IN ('draft', 'pending_approval', 'under_review', 'cancelled') OR start_date IS NOT NULL
    )
);

CREATE TABLE IF NOT EXISTS lic_schema.policy_nominees (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    policy_id UUID NOT NULL REFERENCES lic_schema.insurance_policies (id) ON DELETE CASCADE,
    full_name VARCHAR(200) NOT NULL,
    relationship VARCHAR(50) NOT NULL,
    date_of_birth DATE,
    guardian_name VARCHAR(200),
    share shared.percentage NOT NULL DEFAULT 100,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_policy_nominees_policy_id_full_name UNIQUE (policy_id, full_name),
    CONSTRAINT chk_policy_nominees_share CHECK (share > 0)
);

CREATE TABLE IF NOT EXISTS lic_schema.premium_payments (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE RESTRICT,
    policy_id UUID NOT NULL REFERENCES lic_schema.insurance_policies (id) ON DELETE RESTRICT,
    receipt_number BIGINT GENERATED ALWAYS AS IDENTITY,
    due_date DATE NOT NULL,
    amount NUMERIC(14, 2) NOT NULL,
    gst_amount NUMERIC(14, 2) NOT NULL DEFAULT 0,
    late_fee NUMERIC(14, 2) NOT NULL DEFAULT 0,
    total_amount NUMERIC(14, 2) GENERATED ALWAYS AS (amount + gst_amount + late_fee) STORED,
    status lic_schema.payment_status_enum NOT NULL DEFAULT 'due',
    method lic_schema.payment_method_enum,
    gateway_reference VARCHAR(100),
    paid_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_premium_payments_receipt_number UNIQUE (receipt_number),
    CONSTRAINT uq_premium_payments_policy_id_due_date UNIQUE (policy_id, due_date),
    CONSTRAINT chk_premium_payments_amounts CHECK (amount > 0 AND gst_amount >= 0 AND late_fee >= 0),
    CONSTRAINT chk_premium_payments_paid CHECK (
        status NOT IN ('paid', 'refunded') OR (paid_at IS NOT NULL AND method IS NOT NULL)
    )
);

-- =====================================================
-- RULES
-- =====================================================

-- The shares of a policy's nominees may not exceed 100 in total. A CHECK sees one row only, and a
-- deferred trigger lets two nominees exchange shares within a transaction.
CREATE OR REPLACE FUNCTION lic_schema.check_nominee_shares()
RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
DECLARE
    v_total NUMERIC;
BEGIN
    SELECT SUM(n.share) INTO v_total
    FROM lic_schema.policy_nominees AS n
    WHERE n.policy_id = NEW.policy_id;

    IF v_total > 100 THEN
        RAISE EXCEPTION 'Nominees of policy % share % percent; at most 100 can be given', NEW.policy_id, v_total
            USING ERRCODE = 'check_violation', HINT = 'Lower one share first; all changes count at COMMIT.';
    END IF;
    RETURN NULL;
END;
$$;

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_trigger
        WHERE tgrelid = 'lic_schema.policy_nominees'::regclass AND tgname = 'check_nominee_shares'
    ) THEN
        CREATE CONSTRAINT TRIGGER check_nominee_shares
            AFTER INSERT OR UPDATE OF share, policy_id ON lic_schema.policy_nominees
            DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION lic_schema.check_nominee_shares();
    END IF;
END
$$;

-- =====================================================
-- INDEXES
-- =====================================================

-- branches (tenant_id is the first column of a unique constraint; so it is in several tables below)
CREATE INDEX IF NOT EXISTS idx_branches_parent_branch_id ON lic_schema.branches (parent_branch_id);

-- users
CREATE UNIQUE INDEX IF NOT EXISTS uq_users_tenant_id_email ON lic_schema.users (tenant_id, lower(email));
CREATE INDEX IF NOT EXISTS idx_users_preferred_language_id ON lic_schema.users (preferred_language_id);
CREATE INDEX IF NOT EXISTS idx_users_mobile ON lic_schema.users (mobile);

-- agents
CREATE INDEX IF NOT EXISTS idx_agents_branch_id ON lic_schema.agents (branch_id);
CREATE INDEX IF NOT EXISTS idx_agents_manager_agent_id ON lic_schema.agents (manager_agent_id);
CREATE INDEX IF NOT EXISTS idx_agents_territories ON lic_schema.agents USING gin (territories);
CREATE INDEX IF NOT EXISTS idx_agents_licence_valid_until ON lic_schema.agents (licence_valid_until)
    WHERE status = 'active';

-- policyholders
CREATE INDEX IF NOT EXISTS idx_policyholders_agent_id ON lic_schema.policyholders (agent_id);
CREATE INDEX IF NOT EXISTS idx_policyholders_user_id ON lic_schema.policyholders (user_id);
CREATE INDEX IF NOT EXISTS idx_policyholders_preferred_language_id
    ON lic_schema.policyholders (preferred_language_id);
CREATE INDEX IF NOT EXISTS idx_policyholders_mobile ON lic_schema.policyholders (mobile);
CREATE INDEX IF NOT EXISTS idx_policyholders_full_name
    ON lic_schema.policyholders USING gin (full_name shared.gin_trgm_ops);

-- insurance_plans
CREATE INDEX IF NOT EXISTS idx_insurance_plans_category_id ON lic_schema.insurance_plans (category_id);
CREATE INDEX IF NOT EXISTS idx_insurance_plans_on_sale_during
    ON lic_schema.insurance_plans USING gist (on_sale_during);

-- insurance_policies
CREATE INDEX IF NOT EXISTS idx_insurance_policies_policyholder_id
    ON lic_schema.insurance_policies (policyholder_id);
CREATE INDEX IF NOT EXISTS idx_insurance_policies_agent_id_status
    ON lic_schema.insurance_policies (agent_id, status);
CREATE INDEX IF NOT EXISTS idx_insurance_policies_plan_id ON lic_schema.insurance_policies (plan_id);
CREATE INDEX IF NOT EXISTS idx_insurance_policies_next_premium_due
    ON lic_schema.insurance_policies (next_premium_due)
    WHERE status = 'active';

-- premium_payments
CREATE INDEX IF NOT EXISTS idx_premium_payments_tenant_id_paid_at
    ON lic_schema.premium_payments (tenant_id, paid_at DESC NULLS LAST);
CREATE INDEX IF NOT EXISTS idx_premium_payments_due_date ON lic_schema.premium_payments (due_date)
    INCLUDE (policy_id, amount)
    WHERE status = 'due';

-- =====================================================
-- TRIGGERS
-- =====================================================

CALL shared.attach_updated_at(
    'lic_schema.branches',
    'lic_schema.users',
    'lic_schema.agents',
    'lic_schema.policyholders',
    'lic_schema.insurance_plans',
    'lic_schema.insurance_policies',
    'lic_schema.policy_nominees',
    'lic_schema.premium_payments'
);

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON TABLE lic_schema.branches IS 'Offices of a tenant; a tree from zone down to branch';
COMMENT ON COLUMN lic_schema.branches.opens_at IS 'Local time; callbacks are promised within these hours';

COMMENT ON TABLE lic_schema.users IS 'Everyone who can sign in: staff, agents and policyholders';
COMMENT ON COLUMN lic_schema.users.password_hash IS 'bcrypt, as ''$2b$12$...''; 60 characters';
COMMENT ON COLUMN lic_schema.users.email IS 'Unique within the tenant whatever its case';

COMMENT ON TABLE lic_schema.agents IS 'Insurance agents; each is a user, belongs to a branch and may report to another agent';
COMMENT ON COLUMN lic_schema.agents.territories IS 'PIN code prefixes the agent looks after';
COMMENT ON COLUMN lic_schema.agents.profile IS 'What the agent''s public page shows: photo, greeting, awards';

COMMENT ON TABLE lic_schema.policyholders IS 'Customers; they may or may not have an account to sign in with';
COMMENT ON COLUMN lic_schema.policyholders.pan IS 'Needed by law when annual premiums exceed ₹50,000; otherwise optional';

COMMENT ON TABLE lic_schema.insurance_plans IS 'Plans of the insurance companies; common to all tenants';
COMMENT ON COLUMN lic_schema.insurance_plans.gst_rate IS 'Per cent of the premium';
COMMENT ON COLUMN lic_schema.insurance_plans.on_sale_during IS 'Days on which a policy may be sold; open ended for current plans';

COMMENT ON TABLE lic_schema.insurance_policies IS 'Contracts between a policyholder and an insurance company';
COMMENT ON COLUMN lic_schema.insurance_policies.premium_amount IS 'One instalment in rupees (₹), before GST';
COMMENT ON COLUMN lic_schema.insurance_policies.annual_premium IS 'Premiums of a year in rupees (₹), computed';

COMMENT ON TABLE lic_schema.policy_nominees IS 'Who receives the sum assured; shares may not exceed 100 per cent';
COMMENT ON COLUMN lic_schema.policy_nominees.guardian_name IS 'For nominees under eighteen';

COMMENT ON TABLE lic_schema.premium_payments IS 'Premiums due and paid, one row an instalment';
COMMENT ON COLUMN lic_schema.premium_payments.receipt_number IS 'Printed on the receipt; gaps are normal';
COMMENT ON COLUMN lic_schema.premium_payments.gateway_reference IS 'The payment gateway''s id of the transaction; null for cash and cheque';
