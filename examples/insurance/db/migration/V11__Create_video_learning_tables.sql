-- Agent Mitra - Migration V11: Create Video Learning Tables
-- Description: Training films for agents and the order in which to watch them.
--              (Written on Windows: lines end with CR LF. Checksums don't mind.)

-- =====================================================
-- NEW TABLES
-- =====================================================

CREATE TABLE IF NOT EXISTS lic_schema.video_content (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    language_id UUID NOT NULL REFERENCES shared.languages (id) ON DELETE RESTRICT,
    category_id UUID REFERENCES shared.insurance_categories (id) ON DELETE SET NULL,
    title VARCHAR(200) NOT NULL,
    description TEXT,
    video_url VARCHAR(1000) NOT NULL,
    duration INTERVAL NOT NULL,
    transcript TEXT,
    is_published BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_video_content_video_url UNIQUE (video_url),
    CONSTRAINT chk_video_content_duration CHECK (duration > INTERVAL '0')
);

CREATE TABLE IF NOT EXISTS lic_schema.learning_paths (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    code VARCHAR(50) NOT NULL,
    title VARCHAR(200) NOT NULL,
    audience VARCHAR(50) NOT NULL DEFAULT 'new agents',
    is_mandatory BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_learning_paths_code UNIQUE (code)
);

CREATE TABLE IF NOT EXISTS lic_schema.learning_path_videos (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    learning_path_id UUID NOT NULL REFERENCES lic_schema.learning_paths (id) ON DELETE CASCADE,
    video_id UUID NOT NULL REFERENCES lic_schema.video_content (id) ON DELETE CASCADE,
    step SMALLINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_learning_path_videos_step UNIQUE (learning_path_id, step),
    CONSTRAINT chk_learning_path_videos_step CHECK (step > 0)
);

CREATE TABLE IF NOT EXISTS lic_schema.video_progress (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL REFERENCES lic_schema.users (id) ON DELETE CASCADE,
    video_id UUID NOT NULL REFERENCES lic_schema.video_content (id) ON DELETE CASCADE,
    watched_seconds INTEGER NOT NULL DEFAULT 0,
    completed_at TIMESTAMPTZ,
    quiz_score shared.percentage,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_video_progress_user_id_video_id UNIQUE (user_id, video_id),
    CONSTRAINT chk_video_progress_watched_seconds CHECK (watched_seconds >= 0)
);

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_video_content_language_id ON lic_schema.video_content (language_id);
CREATE INDEX IF NOT EXISTS idx_video_content_category_id ON lic_schema.video_content (category_id);
CREATE INDEX IF NOT EXISTS idx_learning_path_videos_video_id ON lic_schema.learning_path_videos (video_id);
CREATE INDEX IF NOT EXISTS idx_video_progress_video_id ON lic_schema.video_progress (video_id);

-- =====================================================
-- TRIGGERS
-- =====================================================

-- A film once completed stays completed, even if it is watched again from the start.
CREATE OR REPLACE FUNCTION lic_schema.keep_completion()
RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.completed_at := COALESCE(OLD.completed_at, NEW.completed_at);
    NEW.watched_seconds := GREATEST(OLD.watched_seconds, NEW.watched_seconds);
    RETURN NEW;
END;
$$;

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_trigger
        WHERE tgrelid = 'lic_schema.video_progress'::regclass AND tgname = 'keep_completion'
    ) THEN
        CREATE TRIGGER keep_completion
            BEFORE UPDATE ON lic_schema.video_progress
            FOR EACH ROW EXECUTE FUNCTION lic_schema.keep_completion();
    END IF;
END
$$;

CALL shared.attach_updated_at(
    'lic_schema.video_content',
    'lic_schema.learning_paths',
    'lic_schema.learning_path_videos',
    'lic_schema.video_progress'
);

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON TABLE lic_schema.video_content IS 'Training films; one language each';
COMMENT ON TABLE lic_schema.learning_paths IS 'Courses made of films';
COMMENT ON TABLE lic_schema.learning_path_videos IS 'Films of a course in their order';
COMMENT ON TABLE lic_schema.video_progress IS 'How far a user got with a film';
