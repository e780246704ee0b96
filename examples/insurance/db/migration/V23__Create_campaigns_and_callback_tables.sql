-- Agent Mitra - Migration V23: Create Campaigns and Callback Tables
-- Description: Marketing campaigns and their answers; requests to be called back, whom they
--              were given to, and by when somebody must have called.

-- =====================================================
-- TYPES
-- =====================================================

DO $$
BEGIN
    IF to_regtype('lic_schema.campaign_status_enum') IS NULL THEN
        CREATE TYPE lic_schema.campaign_status_enum AS ENUM (
            'draft', 'scheduled', 'running', 'paused', 'completed', 'cancelled'
        );
    END IF;

    IF to_regtype('lic_schema.delivery_status_enum') IS NULL THEN
        CREATE TYPE lic_schema.delivery_status_enum AS ENUM (
            'pending', 'sent', 'delivered', 'opened', 'answered', 'failed', 'opted_out'
        );
    END IF;

    IF to_regtype('lic_schema.callback_status_enum') IS NULL THEN
        CREATE TYPE lic_schema.callback_status_enum AS ENUM (
            'pending', 'assigned', 'in_progress', 'completed', 'unreachable', 'cancelled'
        );
    END IF;

    IF to_regtype('lic_schema.callback_priority_enum') IS NULL THEN
        CREATE TYPE lic_schema.callback_priority_enum AS ENUM ('low', 'medium', 'high', 'urgent');
    END IF;
END
$$;

-- =====================================================
-- NEW TABLES: campaigns
-- =====================================================

CREATE TABLE IF NOT EXISTS lic_schema.campaigns (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE CASCADE,
    agent_id UUID NOT NULL,
    code VARCHAR(30) NOT NULL,
    name VARCHAR(200) NOT NULL,
    status lic_schema.campaign_status_enum NOT NULL DEFAULT 'draft',
    channel lic_schema.notification_channel_enum NOT NULL,
    target_filter JSONB NOT NULL DEFAULT '{}',
    starts_at TIMESTAMPTZ,
    ends_at TIMESTAMPTZ,
    budget NUMERIC(14, 2) NOT NULL DEFAULT 0,
    spent NUMERIC(14, 2) NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_campaigns_tenant_id_code UNIQUE (tenant_id, code),
    -- of two columns: the agent is of the same tenant as the campaign
    CONSTRAINT campaigns_tenant_id_agent_id_fkey FOREIGN KEY (tenant_id, agent_id)
        REFERENCES lic_schema.agents (tenant_id, id) ON DELETE RESTRICT,
    CONSTRAINT chk_campaigns_period CHECK (ends_at > starts_at),
    CONSTRAINT chk_campaigns_started CHECK (status IN ('draft', 'cancelled') OR starts_at IS NOT NULL),
    CONSTRAINT chk_campaigns_money CHECK (budget >= 0 AND spent >= 0)
);

CREATE TABLE IF NOT EXISTS lic_schema.campaign_messages (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    campaign_id UUID NOT NULL REFERENCES lic_schema.campaigns (id) ON DELETE CASCADE,
    language_id UUID NOT NULL REFERENCES shared.languages (id) ON DELETE RESTRICT,
    variant VARCHAR(1) NOT NULL DEFAULT 'A',
    body TEXT NOT NULL,
    weight shared.percentage NOT NULL DEFAULT 100,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_campaign_messages_variant UNIQUE (campaign_id, language_id, variant),
    CONSTRAINT chk_campaign_messages_variant CHECK (variant BETWEEN 'A' AND 'D')
);

CREATE TABLE IF NOT EXISTS lic_schema.campaign_recipients (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    campaign_id UUID NOT NULL REFERENCES lic_schema.campaigns (id) ON DELETE CASCADE,
    policyholder_id UUID NOT NULL REFERENCES lic_schema.policyholders (id) ON DELETE CASCADE,
    message_id UUID REFERENCES lic_schema.campaign_messages (id) ON DELETE SET NULL,
    status lic_schema.delivery_status_enum NOT NULL DEFAULT 'pending',
    sent_at TIMESTAMPTZ,
    opened_at TIMESTAMPTZ,
    answered_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_campaign_recipients_campaign_id_policyholder_id UNIQUE (campaign_id, policyholder_id),
    CONSTRAINT chk_campaign_recipients_sent CHECK (
        status IN ('pending', 'failed', 'opted_out') OR sent_at IS NOT NULL
    )
);

-- =====================================================
-- NEW TABLES: callbacks
-- =====================================================

CREATE TABLE IF NOT EXISTS lic_schema.callback_requests (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE CASCADE,
    policyholder_id UUID NOT NULL REFERENCES lic_schema.policyholders (id) ON DELETE CASCADE,
    agent_id UUID,
    campaign_id UUID REFERENCES lic_schema.campaigns (id) ON DELETE SET NULL,
    request_number VARCHAR(20) NOT NULL,
    reason VARCHAR(50) NOT NULL,
    description TEXT,
    status lic_schema.callback_status_enum NOT NULL DEFAULT 'pending',
    priority lic_schema.callback_priority_enum NOT NULL DEFAULT 'medium',
    requested_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    due_at TIMESTAMPTZ NOT NULL,
    completed_at TIMESTAMPTZ,
    satisfaction SMALLINT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_callback_requests_tenant_id_request_number UNIQUE (tenant_id, request_number),
    CONSTRAINT callback_requests_tenant_id_agent_id_fkey FOREIGN KEY (tenant_id, agent_id)
        REFERENCES lic_schema.agents (tenant_id, id) ON DELETE RESTRICT,
    CONSTRAINT chk_callback_requests_assigned CHECK (
        status IN ('pending', 'cancelled') OR agent_id IS NOT NULL
    ),
    CONSTRAINT chk_callback_requests_completed CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
    CONSTRAINT chk_callback_requests_satisfaction CHECK (satisfaction BETWEEN 1 AND 5)
);

CREATE TABLE IF NOT EXISTS lic_schema.callback_activities (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    callback_request_id UUID NOT NULL REFERENCES lic_schema.callback_requests (id) ON DELETE CASCADE,
    performed_by_user_id UUID REFERENCES lic_schema.users (id) ON DELETE SET NULL,
    action VARCHAR(50) NOT NULL,
    details TEXT,
    duration_seconds INTEGER,
    happened_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT chk_callback_activities_duration CHECK (duration_seconds >= 0)
);

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_campaigns_tenant_id_agent_id ON lic_schema.campaigns (tenant_id, agent_id);
CREATE INDEX IF NOT EXISTS idx_campaigns_starts_at ON lic_schema.campaigns (starts_at)
    WHERE status IN ('scheduled', 'running');
CREATE INDEX IF NOT EXISTS idx_campaigns_target_filter
    ON lic_schema.campaigns USING gin (target_filter jsonb_path_ops);
CREATE INDEX IF NOT EXISTS idx_campaign_messages_language_id ON lic_schema.campaign_messages (language_id);
CREATE INDEX IF NOT EXISTS idx_campaign_recipients_policyholder_id
    ON lic_schema.campaign_recipients (policyholder_id);
CREATE INDEX IF NOT EXISTS idx_campaign_recipients_message_id ON lic_schema.campaign_recipients (message_id);

CREATE INDEX IF NOT EXISTS idx_callback_requests_policyholder_id
    ON lic_schema.callback_requests (policyholder_id);
CREATE INDEX IF NOT EXISTS idx_callback_requests_tenant_id_agent_id
    ON lic_schema.callback_requests (tenant_id, agent_id);
CREATE INDEX IF NOT EXISTS idx_callback_requests_campaign_id ON lic_schema.callback_requests (campaign_id);
CREATE INDEX IF NOT EXISTS idx_callback_requests_queue
    ON lic_schema.callback_requests (tenant_id, priority DESC, due_at)
    WHERE status IN ('pending', 'assigned');
CREATE INDEX IF NOT EXISTS idx_callback_activities_callback_request_id
    ON lic_schema.callback_activities (callback_request_id, happened_at);
CREATE INDEX IF NOT EXISTS idx_callback_activities_performed_by_user_id
    ON lic_schema.callback_activities (performed_by_user_id);

-- =====================================================
-- FUNCTIONS
-- =====================================================

-- Hours promised by priority; the insert may say otherwise.
CREATE OR REPLACE FUNCTION lic_schema.set_callback_due()
RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.due_at := COALESCE(NEW.due_at, NEW.requested_at + CASE NEW.priority
        WHEN 'urgent' THEN INTERVAL '1 hour'
        WHEN 'high' THEN INTERVAL '4 hours'
        WHEN 'medium' THEN INTERVAL '1 day'
        ELSE INTERVAL '3 days'
    END);
    RETURN NEW;
END;
$$;

-- =====================================================
-- TRIGGERS AND POLICIES
-- =====================================================

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_trigger
        WHERE tgrelid = 'lic_schema.callback_requests'::regclass AND tgname = 'set_callback_due'
    ) THEN
        CREATE TRIGGER set_callback_due
            BEFORE INSERT ON lic_schema.callback_requests
            FOR EACH ROW EXECUTE FUNCTION lic_schema.set_callback_due();
    END IF;
END
$$;

CALL shared.attach_updated_at(
    'lic_schema.campaigns',
    'lic_schema.campaign_messages',
    'lic_schema.campaign_recipients',
    'lic_schema.callback_requests',
    'lic_schema.callback_activities'
);
CALL lic_schema.isolate_by_tenant('lic_schema.campaigns', 'lic_schema.callback_requests');

-- =====================================================
-- VIEWS
-- =====================================================

CREATE OR REPLACE VIEW lic_schema.campaign_results AS
SELECT
    c.id AS campaign_id,
    c.tenant_id,
    c.name,
    COUNT(r.id) AS recipients,
    COUNT(r.sent_at) AS sent,
    COUNT(r.opened_at) AS opened,
    COUNT(r.answered_at) AS answered,
    ROUND(100.0 * COUNT(r.answered_at) / NULLIF(COUNT(r.sent_at), 0), 1) AS answer_rate,
    ROUND(c.spent / NULLIF(COUNT(r.answered_at), 0), 2) AS cost_per_answer
FROM lic_schema.campaigns AS c
LEFT JOIN lic_schema.campaign_recipients AS r ON r.campaign_id = c.id
GROUP BY c.id, c.tenant_id, c.name, c.spent;

-- for the same reason as in V19
DO $$
BEGIN
    IF current_setting('server_version_num')::INTEGER >= 150000 THEN
        EXECUTE 'ALTER VIEW lic_schema.campaign_results SET (security_invoker = true)';
    END IF;
END
$$;

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON TABLE lic_schema.campaigns IS 'Messages an agent sends to many policyholders';
COMMENT ON COLUMN lic_schema.campaigns.target_filter IS 'Whom to write to, such as {"plan_code": "T-854", "city": "Chennai"}';
COMMENT ON COLUMN lic_schema.campaigns.budget IS 'In rupees (₹)';
COMMENT ON TABLE lic_schema.campaign_messages IS 'Text of a campaign by language; variants A to D are tried against each other';
COMMENT ON TABLE lic_schema.campaign_recipients IS 'Who was written to and what came of it';
COMMENT ON TABLE lic_schema.callback_requests IS 'Policyholders who asked to be called';
COMMENT ON COLUMN lic_schema.callback_requests.due_at IS 'When somebody must have called; from the priority unless given';
COMMENT ON COLUMN lic_schema.callback_requests.satisfaction IS '1 (bad) to 5 (good), if the policyholder said';
COMMENT ON TABLE lic_schema.callback_activities IS 'Calls made and missed';
COMMENT ON VIEW lic_schema.campaign_results IS 'Counts and costs of each campaign';
