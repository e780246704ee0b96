-- Agent Mitra - Migration V7: Create Notification Tables
-- Description: Message templates in many languages, the notifications made from them,
--              devices to push to, and each user's wishes about being disturbed.

-- =====================================================
-- TYPES
-- =====================================================

DO $$
BEGIN
    IF to_regtype('lic_schema.notification_channel_enum') IS NULL THEN
        CREATE TYPE lic_schema.notification_channel_enum AS ENUM ('in_app', 'push', 'sms', 'whatsapp', 'email');
    END IF;

    IF to_regtype('lic_schema.notification_status_enum') IS NULL THEN
        CREATE TYPE lic_schema.notification_status_enum AS ENUM (
            'queued', 'sent', 'delivered', 'read', 'failed', 'expired'
        );
    END IF;
END
$$;

-- =====================================================
-- NEW TABLES
-- =====================================================

CREATE TABLE IF NOT EXISTS lic_schema.message_templates (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE CASCADE,
    language_id UUID NOT NULL REFERENCES shared.languages (id) ON DELETE RESTRICT,
    code VARCHAR(100) NOT NULL,
    channel lic_schema.notification_channel_enum NOT NULL,
    subject VARCHAR(200),
    body TEXT NOT NULL,
    variables TEXT[] NOT NULL DEFAULT '{}',
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_message_templates_code UNIQUE (tenant_id, code, channel, language_id),
    CONSTRAINT chk_message_templates_sms_length CHECK (channel <> 'sms' OR char_length(body) <= 640)
);

CREATE TABLE IF NOT EXISTS lic_schema.notifications (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES lic_schema.users (id) ON DELETE CASCADE,
    template_id UUID REFERENCES lic_schema.message_templates (id) ON DELETE SET NULL,
    channel lic_schema.notification_channel_enum NOT NULL DEFAULT 'in_app',
    status lic_schema.notification_status_enum NOT NULL DEFAULT 'queued',
    title VARCHAR(200) NOT NULL,
    body TEXT NOT NULL,
    payload JSONB NOT NULL DEFAULT '{}',
    scheduled_for TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    sent_at TIMESTAMPTZ,
    read_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT chk_notifications_sent CHECK (status IN ('queued', 'failed', 'expired') OR sent_at IS NOT NULL)
);

CREATE TABLE IF NOT EXISTS lic_schema.device_tokens (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL REFERENCES lic_schema.users (id) ON DELETE CASCADE,
    platform VARCHAR(10) NOT NULL,
    token VARCHAR(512) NOT NULL,
    app_version VARCHAR(20),
    last_used_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_device_tokens_token UNIQUE (token),
    CONSTRAINT chk_device_tokens_platform CHECK (platform IN ('android', 'ios', 'web'))
);

CREATE TABLE IF NOT EXISTS lic_schema.notification_settings (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL REFERENCES lic_schema.users (id) ON DELETE CASCADE,
    enabled_channels lic_schema.notification_channel_enum[] NOT NULL DEFAULT '{in_app,push}',
    quiet_from TIME NOT NULL DEFAULT '21:00',
    quiet_until TIME NOT NULL DEFAULT '08:00',
    time_zone VARCHAR(50) NOT NULL DEFAULT 'Asia/Kolkata',
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_notification_settings_user_id UNIQUE (user_id)
);

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_message_templates_language_id ON lic_schema.message_templates (language_id);
CREATE INDEX IF NOT EXISTS idx_notifications_tenant_id ON lic_schema.notifications (tenant_id);
CREATE INDEX IF NOT EXISTS idx_notifications_user_id_created_at
    ON lic_schema.notifications (user_id, created_at DESC);
CREATE INDEX IF NOT EXISTS idx_notifications_template_id ON lic_schema.notifications (template_id);
CREATE INDEX IF NOT EXISTS idx_notifications_scheduled_for ON lic_schema.notifications (scheduled_for)
    WHERE status = 'queued';
CREATE INDEX IF NOT EXISTS idx_notifications_unread ON lic_schema.notifications (user_id)
    WHERE read_at IS NULL AND channel = 'in_app';
CREATE INDEX IF NOT EXISTS idx_device_tokens_user_id ON lic_schema.device_tokens (user_id);

-- =====================================================
-- FUNCTIONS
-- =====================================================

-- Templates use {{name}}, as the application's editor does. A name without a value stays as it is, so
-- that a forgotten one is seen in the preview; nothing else in the text is special: not $1, not $$.
CREATE OR REPLACE FUNCTION lic_schema.render_template(p_body TEXT, p_values JSONB)
RETURNS TEXT
LANGUAGE plpgsql
IMMUTABLE
AS $render$
DECLARE
    v_text TEXT := p_body;
    v_name TEXT;
    v_value TEXT;
BEGIN
    FOR v_name, v_value IN SELECT key, value FROM jsonb_each_text(p_values) LOOP
        v_text := replace(v_text, '{{' || v_name || '}}', COALESCE(v_value, ''));
    END LOOP;
    RETURN v_text;
END;
$render$;

-- A template says which names it uses; kept right by the server, not by hand.
CREATE OR REPLACE FUNCTION lic_schema.collect_template_variables()
RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
    SELECT COALESCE(array_agg(DISTINCT found.parts[1] ORDER BY found.parts[1]), '{}')
    INTO NEW.variables
    FROM regexp_matches(COALESCE(NEW.subject, '') || ' ' || NEW.body, '\{\{([a-z_]+)\}\}', 'g') AS found (parts);
    RETURN NEW;
END;
$$;

-- =====================================================
-- TRIGGERS
-- =====================================================

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_trigger
        WHERE tgrelid = 'lic_schema.message_templates'::regclass AND tgname = 'collect_variables'
    ) THEN
        CREATE TRIGGER collect_variables
            BEFORE INSERT OR UPDATE OF subject, body ON lic_schema.message_templates
            FOR EACH ROW EXECUTE FUNCTION lic_schema.collect_template_variables();
    END IF;
END
$$;

CALL shared.attach_updated_at(
    'lic_schema.message_templates',
    'lic_schema.notifications',
    'lic_schema.device_tokens',
    'lic_schema.notification_settings'
);

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON FUNCTION lic_schema.render_template(TEXT, JSONB) IS
    'Puts values in place of {{names}}: render_template(''नमस्ते {{customer_name}}'', ''{"customer_name": "आशा"}'')';
COMMENT ON TABLE lic_schema.message_templates IS 'Texts with {{names}}, one row for each channel and language';
COMMENT ON COLUMN lic_schema.message_templates.variables IS 'Names used in subject and body; filled by a trigger';
COMMENT ON TABLE lic_schema.notifications IS 'Messages to users, queued and sent';
COMMENT ON TABLE lic_schema.device_tokens IS 'Telephones and browsers that receive push messages';
COMMENT ON TABLE lic_schema.notification_settings IS 'When and how a user wants to be disturbed';
COMMENT ON COLUMN lic_schema.notification_settings.quiet_from IS 'Local time; quiet hours may cross midnight';
