-- Agent Mitra - Migration V18: Create Chat Tables
-- Description: Conversations with the assistant and, if asked for, with an agent.

-- =====================================================
-- NEW TABLES
-- =====================================================

CREATE TABLE IF NOT EXISTS lic_schema.chat_sessions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES lic_schema.users (id) ON DELETE CASCADE,
    agent_id UUID REFERENCES lic_schema.agents (id) ON DELETE SET NULL,
    language_id UUID REFERENCES shared.languages (id) ON DELETE SET NULL,
    last_message_id UUID,
    subject VARCHAR(200),
    handed_over_at TIMESTAMPTZ,
    closed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT chk_chat_sessions_handed_over CHECK (handed_over_at IS NULL OR agent_id IS NOT NULL)
);

CREATE TABLE IF NOT EXISTS lic_schema.chat_messages (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id UUID NOT NULL REFERENCES lic_schema.chat_sessions (id) ON DELETE CASCADE,
    sender VARCHAR(10) NOT NULL,
    body TEXT NOT NULL,
    intent VARCHAR(100),
    confidence REAL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT chk_chat_messages_sender CHECK (sender IN ('user', 'assistant', 'agent')),
    CONSTRAINT chk_chat_messages_confidence CHECK (confidence BETWEEN 0 AND 1)
);

-- =====================================================
-- CONSTRAINTS
-- =====================================================

-- Each table points to the other, so this key comes after both, and is deferred: a session and its
-- first message may be inserted in either order.
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint
        WHERE conrelid = 'lic_schema.chat_sessions'::regclass
          AND conname = 'chat_sessions_last_message_id_fkey'
    ) THEN
        ALTER TABLE lic_schema.chat_sessions
            ADD CONSTRAINT chat_sessions_last_message_id_fkey
            FOREIGN KEY (last_message_id)
            REFERENCES lic_schema.chat_messages (id)
            ON DELETE SET NULL
            DEFERRABLE INITIALLY DEFERRED;
    END IF;
END
$$;

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_chat_sessions_tenant_id ON lic_schema.chat_sessions (tenant_id);
CREATE INDEX IF NOT EXISTS idx_chat_sessions_user_id ON lic_schema.chat_sessions (user_id);
CREATE INDEX IF NOT EXISTS idx_chat_sessions_agent_id ON lic_schema.chat_sessions (agent_id);
CREATE INDEX IF NOT EXISTS idx_chat_sessions_language_id ON lic_schema.chat_sessions (language_id);
CREATE INDEX IF NOT EXISTS idx_chat_sessions_last_message_id ON lic_schema.chat_sessions (last_message_id);
CREATE INDEX IF NOT EXISTS idx_chat_messages_session_id_created_at
    ON lic_schema.chat_messages (session_id, created_at);
CREATE INDEX IF NOT EXISTS idx_chat_messages_unsure ON lic_schema.chat_messages (created_at)
    WHERE sender = 'assistant' AND confidence < 0.5;

-- =====================================================
-- TRIGGERS AND POLICIES
-- =====================================================

-- Once a statement, not once a row: a conversation imported in bulk touches each session once.
CREATE OR REPLACE FUNCTION lic_schema.remember_last_message()
RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE lic_schema.chat_sessions AS s
    SET last_message_id = newest.id
    FROM (
        SELECT DISTINCT ON (m.session_id) m.session_id, m.id
        FROM new_messages AS m
        ORDER BY m.session_id, m.created_at DESC, m.id
    ) AS newest
    WHERE s.id = newest.session_id;
    RETURN NULL;
END;
$$;

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_trigger
        WHERE tgrelid = 'lic_schema.chat_messages'::regclass AND tgname = 'remember_last_message'
    ) THEN
        CREATE TRIGGER remember_last_message
            AFTER INSERT ON lic_schema.chat_messages
            REFERENCING NEW TABLE AS new_messages
            FOR EACH STATEMENT EXECUTE FUNCTION lic_schema.remember_last_message();
    END IF;
END
$$;

CALL shared.attach_updated_at('lic_schema.chat_sessions', 'lic_schema.chat_messages');
CALL lic_schema.isolate_by_tenant('lic_schema.chat_sessions');

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON TABLE lic_schema.chat_sessions IS 'Conversations; handed over to an agent when the assistant is unsure';
COMMENT ON COLUMN lic_schema.chat_sessions.last_message_id IS 'Kept by a trigger on chat_messages';
COMMENT ON TABLE lic_schema.chat_messages IS 'What was said, in order of created_at';
