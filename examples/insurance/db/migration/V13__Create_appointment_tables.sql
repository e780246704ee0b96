-- Agent Mitra - Migration V13: Create Appointment Tables
-- Description: When agents are available, and their appointments, which may not overlap.

-- =====================================================
-- TYPES
-- =====================================================

DO $$
BEGIN
    IF to_regtype('lic_schema.appointment_status_enum') IS NULL THEN
        CREATE TYPE lic_schema.appointment_status_enum AS ENUM (
            'requested', 'confirmed', 'completed', 'no_show', 'cancelled'
        );
    END IF;
END
$$;

-- =====================================================
-- NEW TABLES
-- =====================================================

CREATE TABLE IF NOT EXISTS lic_schema.agent_availability (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    agent_id UUID NOT NULL REFERENCES lic_schema.agents (id) ON DELETE CASCADE,
    weekday SMALLINT NOT NULL,
    available_from TIME NOT NULL,
    available_until TIME NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_agent_availability_slot UNIQUE (agent_id, weekday, available_from),
    CONSTRAINT chk_agent_availability_weekday CHECK (weekday BETWEEN 1 AND 7),
    CONSTRAINT chk_agent_availability_hours CHECK (available_until > available_from)
);

-- btree_gist (V1) lets a gist index compare uuids with "=".
CREATE TABLE IF NOT EXISTS lic_schema.appointments (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE CASCADE,
    agent_id UUID NOT NULL REFERENCES lic_schema.agents (id) ON DELETE CASCADE,
    policyholder_id UUID REFERENCES lic_schema.policyholders (id) ON DELETE CASCADE,
    lead_id UUID REFERENCES lic_schema.leads (id) ON DELETE CASCADE,
    slot TSTZRANGE NOT NULL,
    status lic_schema.appointment_status_enum NOT NULL DEFAULT 'requested',
    purpose VARCHAR(200) NOT NULL,
    place VARCHAR(200),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT chk_appointments_with_whom CHECK (num_nonnulls(policyholder_id, lead_id) = 1),
    CONSTRAINT chk_appointments_slot CHECK (
        NOT isempty(slot) AND NOT lower_inf(slot) AND NOT upper_inf(slot)
    ),
    CONSTRAINT excl_appointments_agent_busy
        EXCLUDE USING gist (agent_id WITH =, slot WITH &&)
        WHERE (status IN ('requested', 'confirmed'))
);

-- =====================================================
-- INDEXES
-- =====================================================

-- The exclusion constraint's index is partial, so it does not serve the foreign key.
CREATE INDEX IF NOT EXISTS idx_appointments_agent_id ON lic_schema.appointments (agent_id);
CREATE INDEX IF NOT EXISTS idx_appointments_tenant_id ON lic_schema.appointments (tenant_id);
CREATE INDEX IF NOT EXISTS idx_appointments_policyholder_id ON lic_schema.appointments (policyholder_id);
CREATE INDEX IF NOT EXISTS idx_appointments_lead_id ON lic_schema.appointments (lead_id);
CREATE INDEX IF NOT EXISTS idx_appointments_slot_start ON lic_schema.appointments (lower(slot))
    WHERE status = 'confirmed';

-- =====================================================
-- TRIGGERS AND POLICIES
-- =====================================================

CALL shared.attach_updated_at('lic_schema.agent_availability', 'lic_schema.appointments');
CALL lic_schema.isolate_by_tenant('lic_schema.appointments');

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON TABLE lic_schema.agent_availability IS 'Weekly hours of an agent, local time';
COMMENT ON COLUMN lic_schema.agent_availability.weekday IS 'ISO: 1 is Monday, 7 is Sunday';
COMMENT ON TABLE lic_schema.appointments IS 'Meetings of an agent with either a policyholder or a lead';
COMMENT ON CONSTRAINT excl_appointments_agent_busy ON lic_schema.appointments IS
    'An agent can''t be at two places at once; cancelled and past meetings don''t count';
