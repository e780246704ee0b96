-- Agent Mitra - Migration V10: Create Presentation Tables
-- Description: What an agent shows to a customer: presentations, their slides, the pictures
--              and films on them, and how often they were looked at.

-- =====================================================
-- TYPES
-- =====================================================

DO $$
BEGIN
    IF to_regtype('lic_schema.presentation_status_enum') IS NULL THEN
        CREATE TYPE lic_schema.presentation_status_enum AS ENUM ('draft', 'published', 'archived');
    END IF;
END
$$;

-- =====================================================
-- NEW TABLES
-- =====================================================

CREATE TABLE IF NOT EXISTS lic_schema.presentations (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE CASCADE,
    agent_id UUID NOT NULL REFERENCES lic_schema.agents (id) ON DELETE CASCADE,
    plan_id UUID REFERENCES lic_schema.insurance_plans (id) ON DELETE SET NULL,
    language_id UUID NOT NULL REFERENCES shared.languages (id) ON DELETE RESTRICT,
    title VARCHAR(200) NOT NULL,
    status lic_schema.presentation_status_enum NOT NULL DEFAULT 'draft',
    version INTEGER NOT NULL DEFAULT 1,
    tags TEXT[] NOT NULL DEFAULT '{}',
    published_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT chk_presentations_version CHECK (version > 0),
    CONSTRAINT chk_presentations_published CHECK (status <> 'published' OR published_at IS NOT NULL)
);

CREATE TABLE IF NOT EXISTS lic_schema.presentation_media (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE CASCADE,
    uploaded_by_user_id UUID REFERENCES lic_schema.users (id) ON DELETE SET NULL,
    file_name VARCHAR(255) NOT NULL,
    mime_type VARCHAR(100) NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    storage_url VARCHAR(1000) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_presentation_media_tenant_id_sha256 UNIQUE (tenant_id, sha256),
    CONSTRAINT chk_presentation_media_size CHECK (size_bytes BETWEEN 1 AND 104857600),
    CONSTRAINT chk_presentation_media_sha256 CHECK (octet_length(sha256) = 32)
);

CREATE TABLE IF NOT EXISTS lic_schema.presentation_slides (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    presentation_id UUID NOT NULL REFERENCES lic_schema.presentations (id) ON DELETE CASCADE,
    media_id UUID REFERENCES lic_schema.presentation_media (id) ON DELETE SET NULL,
    "position" SMALLINT NOT NULL,
    heading VARCHAR(200),
    body TEXT,
    call_to_action VARCHAR(100),
    duration_seconds SMALLINT NOT NULL DEFAULT 8,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    -- deferrable, so that two slides can change places in one transaction
    CONSTRAINT uq_presentation_slides_position UNIQUE (presentation_id, "position") DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT chk_presentation_slides_position CHECK ("position" > 0)
);

CREATE TABLE IF NOT EXISTS lic_schema.presentation_daily_views (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    presentation_id UUID NOT NULL REFERENCES lic_schema.presentations (id) ON DELETE CASCADE,
    view_date DATE NOT NULL,
    total_views INTEGER NOT NULL DEFAULT 0,
    unique_viewers INTEGER NOT NULL DEFAULT 0,
    shares INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_presentation_daily_views_presentation_id_view_date UNIQUE (presentation_id, view_date),
    CONSTRAINT chk_presentation_daily_views_counts CHECK (unique_viewers BETWEEN 0 AND total_views AND shares >= 0)
);

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_presentations_tenant_id_status ON lic_schema.presentations (tenant_id, status);
CREATE INDEX IF NOT EXISTS idx_presentations_agent_id ON lic_schema.presentations (agent_id);
CREATE INDEX IF NOT EXISTS idx_presentations_plan_id ON lic_schema.presentations (plan_id);
CREATE INDEX IF NOT EXISTS idx_presentations_language_id ON lic_schema.presentations (language_id);
CREATE INDEX IF NOT EXISTS idx_presentations_tags ON lic_schema.presentations USING gin (tags);
CREATE INDEX IF NOT EXISTS idx_presentation_media_uploaded_by_user_id
    ON lic_schema.presentation_media (uploaded_by_user_id);
CREATE INDEX IF NOT EXISTS idx_presentation_slides_media_id ON lic_schema.presentation_slides (media_id);

-- =====================================================
-- TRIGGERS AND POLICIES
-- =====================================================

CALL shared.attach_updated_at(
    'lic_schema.presentations',
    'lic_schema.presentation_media',
    'lic_schema.presentation_slides',
    'lic_schema.presentation_daily_views'
);
CALL lic_schema.isolate_by_tenant('lic_schema.presentations', 'lic_schema.presentation_media');

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON TABLE lic_schema.presentations IS 'Sets of slides an agent shows; one language each';
COMMENT ON TABLE lic_schema.presentation_media IS 'Pictures and films; the same file is stored once a tenant';
COMMENT ON COLUMN lic_schema.presentation_media.sha256 IS 'Digest of the content, 32 bytes';
COMMENT ON TABLE lic_schema.presentation_slides IS 'Slides of a presentation in their order';
COMMENT ON TABLE lic_schema.presentation_daily_views IS 'Views a day, counted by the application';
COMMENT ON COLUMN lic_schema.presentation_daily_views.unique_viewers IS 'People, not views';