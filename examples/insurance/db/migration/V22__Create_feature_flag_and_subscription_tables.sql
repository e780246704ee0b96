-- Agent Mitra - Migration V22: Create Feature Flag and Subscription Tables
-- Description: What a tenant has paid for, and what is switched on for whom.

-- =====================================================
-- TYPES
-- =====================================================

DO $$
BEGIN
    IF to_regtype('lic_schema.billing_cycle_enum') IS NULL THEN
        CREATE TYPE lic_schema.billing_cycle_enum AS ENUM ('monthly', 'yearly');
    END IF;
END
$$;

-- =====================================================
-- NEW TABLES
-- =====================================================

CREATE TABLE IF NOT EXISTS lic_schema.subscription_plans (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    code VARCHAR(30) NOT NULL,
    name VARCHAR(100) NOT NULL,
    price NUMERIC(14, 2) NOT NULL,
    billing_cycle lic_schema.billing_cycle_enum NOT NULL DEFAULT 'monthly',
    limits JSONB NOT NULL DEFAULT '{}',
    is_offered BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_subscription_plans_code UNIQUE (code),
    CONSTRAINT chk_subscription_plans_price CHECK (price >= 0)
);

CREATE TABLE IF NOT EXISTS lic_schema.tenant_subscriptions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE CASCADE,
    subscription_plan_id UUID NOT NULL REFERENCES lic_schema.subscription_plans (id) ON DELETE RESTRICT,
    period DATERANGE NOT NULL,
    agreed_price NUMERIC(14, 2) NOT NULL,
    cancelled_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT chk_tenant_subscriptions_agreed_price CHECK (agreed_price >= 0),
    CONSTRAINT excl_tenant_subscriptions_period EXCLUDE USING gist (tenant_id WITH =, period WITH &&)
);

CREATE TABLE IF NOT EXISTS lic_schema.feature_flags (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    flag_key VARCHAR(100) NOT NULL,
    description TEXT NOT NULL,
    is_enabled BOOLEAN NOT NULL DEFAULT FALSE,
    rollout shared.percentage NOT NULL DEFAULT 100,
    remove_after DATE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_feature_flags_flag_key UNIQUE (flag_key),
    CONSTRAINT chk_feature_flags_flag_key CHECK (flag_key ~ '^[a-z][a-z0-9_.]*$')
);

CREATE TABLE IF NOT EXISTS lic_schema.feature_flag_overrides (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    feature_flag_id UUID NOT NULL REFERENCES lic_schema.feature_flags (id) ON DELETE CASCADE,
    tenant_id UUID REFERENCES shared.tenants (id) ON DELETE CASCADE,
    user_id UUID REFERENCES lic_schema.users (id) ON DELETE CASCADE,
    is_enabled BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT chk_feature_flag_overrides_for_whom CHECK (num_nonnulls(tenant_id, user_id) = 1)
);

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_tenant_subscriptions_tenant_id ON lic_schema.tenant_subscriptions (tenant_id);
CREATE INDEX IF NOT EXISTS idx_tenant_subscriptions_subscription_plan_id
    ON lic_schema.tenant_subscriptions (subscription_plan_id);
CREATE INDEX IF NOT EXISTS idx_feature_flag_overrides_feature_flag_id
    ON lic_schema.feature_flag_overrides (feature_flag_id);
CREATE INDEX IF NOT EXISTS idx_feature_flag_overrides_tenant_id ON lic_schema.feature_flag_overrides (tenant_id);
CREATE INDEX IF NOT EXISTS idx_feature_flag_overrides_user_id ON lic_schema.feature_flag_overrides (user_id);

-- NULLs are distinct to a unique index (NULLS NOT DISTINCT needs PostgreSQL 15): one index a case.
CREATE UNIQUE INDEX IF NOT EXISTS uq_feature_flag_overrides_tenant
    ON lic_schema.feature_flag_overrides (feature_flag_id, tenant_id)
    WHERE tenant_id IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS uq_feature_flag_overrides_user
    ON lic_schema.feature_flag_overrides (feature_flag_id, user_id)
    WHERE user_id IS NOT NULL;

-- =====================================================
-- FUNCTIONS
-- =====================================================

-- The nearest answer holds: the user's, else the tenant's, else the flag's own with its rollout. A user
-- is in or out of a rollout for good, for the decision is made from a digest of both keys.
CREATE OR REPLACE FUNCTION lic_schema.is_feature_enabled(p_flag_key VARCHAR, p_tenant_id UUID, p_user_id UUID)
RETURNS BOOLEAN
LANGUAGE sql
STABLE
AS $$
    SELECT COALESCE(
        (
            SELECT COALESCE(
                (SELECT o.is_enabled FROM lic_schema.feature_flag_overrides AS o
                 WHERE o.feature_flag_id = f.id AND o.user_id = p_user_id),
                (SELECT o.is_enabled FROM lic_schema.feature_flag_overrides AS o
                 WHERE o.feature_flag_id = f.id AND o.tenant_id = p_tenant_id),
                f.is_enabled
                    AND ('x' || left(md5(f.flag_key || ';' || p_user_id::TEXT), 7))::BIT(28)::INTEGER % 100 < f.rollout
            )
            FROM lic_schema.feature_flags AS f
            WHERE f.flag_key = p_flag_key
        ),
        FALSE
    );
$$;

-- =====================================================
-- TRIGGERS AND POLICIES
-- =====================================================

CALL shared.attach_updated_at(
    'lic_schema.subscription_plans',
    'lic_schema.tenant_subscriptions',
    'lic_schema.feature_flags',
    'lic_schema.feature_flag_overrides'
);
CALL lic_schema.isolate_by_tenant('lic_schema.tenant_subscriptions');

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON FUNCTION lic_schema.is_feature_enabled(VARCHAR, UUID, UUID) IS 'Is the flag on for this user of this tenant; an unknown flag is off';
COMMENT ON TABLE lic_schema.subscription_plans IS 'What tenants can subscribe to';
COMMENT ON COLUMN lic_schema.subscription_plans.limits IS 'Such as {"agents": 25, "messages_per_month": 10000}';
COMMENT ON TABLE lic_schema.tenant_subscriptions IS 'Subscriptions of a tenant; periods may not overlap';
COMMENT ON TABLE lic_schema.feature_flags IS 'Switches of the product';
COMMENT ON COLUMN lic_schema.feature_flags.remove_after IS 'When the code behind the flag should be unconditional';
COMMENT ON TABLE lic_schema.feature_flag_overrides IS 'A flag''s state for one tenant or one user';
