-- Agent Mitra - Migration V17: Create Knowledge Base Tables
-- Description: Articles for agents and customers, their translations with full-text search,
--              and what readers thought of them.

-- =====================================================
-- TYPES
-- =====================================================

DO $$
BEGIN
    IF to_regtype('lic_schema.article_audience_enum') IS NULL THEN
        CREATE TYPE lic_schema.article_audience_enum AS ENUM ('agents', 'policyholders', 'everyone');
    END IF;
END
$$;

-- =====================================================
-- NEW TABLES
-- =====================================================

CREATE TABLE IF NOT EXISTS lic_schema.knowledge_articles (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE CASCADE,
    category_id UUID REFERENCES shared.insurance_categories (id) ON DELETE SET NULL,
    author_user_id UUID REFERENCES lic_schema.users (id) ON DELETE SET NULL,
    slug VARCHAR(150) NOT NULL,
    audience lic_schema.article_audience_enum NOT NULL DEFAULT 'everyone',
    is_published BOOLEAN NOT NULL DEFAULT FALSE,
    review_due_on DATE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_knowledge_articles_tenant_id_slug UNIQUE (tenant_id, slug),
    CONSTRAINT chk_knowledge_articles_slug CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$')
);

-- 'simple' leaves words as they are, which suits eleven languages better than one language's stemmer.
CREATE TABLE IF NOT EXISTS lic_schema.knowledge_article_texts (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    article_id UUID NOT NULL REFERENCES lic_schema.knowledge_articles (id) ON DELETE CASCADE,
    language_id UUID NOT NULL REFERENCES shared.languages (id) ON DELETE RESTRICT,
    title VARCHAR(200) NOT NULL,
    body TEXT NOT NULL,
    search_vector TSVECTOR GENERATED ALWAYS AS (
        setweight(to_tsvector('simple'::regconfig, title), 'A')
            || setweight(to_tsvector('simple'::regconfig, body), 'B')
    ) STORED,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_knowledge_article_texts_article_id_language_id UNIQUE (article_id, language_id)
);

CREATE TABLE IF NOT EXISTS lic_schema.knowledge_article_votes (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    article_id UUID NOT NULL REFERENCES lic_schema.knowledge_articles (id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES lic_schema.users (id) ON DELETE CASCADE,
    was_helpful BOOLEAN NOT NULL,
    remark VARCHAR(500),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_knowledge_article_votes_article_id_user_id UNIQUE (article_id, user_id)
);

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_knowledge_articles_category_id ON lic_schema.knowledge_articles (category_id);
CREATE INDEX IF NOT EXISTS idx_knowledge_articles_author_user_id
    ON lic_schema.knowledge_articles (author_user_id);
CREATE INDEX IF NOT EXISTS idx_knowledge_article_texts_language_id
    ON lic_schema.knowledge_article_texts (language_id);
CREATE INDEX IF NOT EXISTS idx_knowledge_article_texts_search_vector
    ON lic_schema.knowledge_article_texts USING gin (search_vector);
CREATE INDEX IF NOT EXISTS idx_knowledge_article_votes_user_id ON lic_schema.knowledge_article_votes (user_id);

-- =====================================================
-- FUNCTIONS
-- =====================================================

CREATE OR REPLACE FUNCTION lic_schema.search_articles(p_query TEXT, p_language VARCHAR, p_limit INTEGER DEFAULT 10)
RETURNS TABLE (article_id UUID, title VARCHAR, relevance REAL)
LANGUAGE sql
STABLE
AS $$
    SELECT t.article_id, t.title, ts_rank(t.search_vector, q.query) AS relevance
    FROM lic_schema.knowledge_article_texts AS t
    JOIN lic_schema.knowledge_articles AS a ON a.id = t.article_id
    JOIN shared.languages AS l ON l.id = t.language_id
    CROSS JOIN websearch_to_tsquery('simple'::regconfig, p_query) AS q (query)
    WHERE a.is_published
      AND l.code = p_language
      AND t.search_vector @@ q.query
    ORDER BY relevance DESC, t.title
    LIMIT p_limit;
$$;

-- =====================================================
-- TRIGGERS AND POLICIES
-- =====================================================

CALL shared.attach_updated_at(
    'lic_schema.knowledge_articles',
    'lic_schema.knowledge_article_texts',
    'lic_schema.knowledge_article_votes'
);
CALL lic_schema.isolate_by_tenant('lic_schema.knowledge_articles');

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON FUNCTION lic_schema.search_articles(TEXT, VARCHAR, INTEGER) IS 'Published articles in one language, best first; understands "quoted phrases" and -exclusions';
COMMENT ON TABLE lic_schema.knowledge_articles IS 'Articles; their words are in knowledge_article_texts';
COMMENT ON TABLE lic_schema.knowledge_article_texts IS 'Title and body of an article in one language';
COMMENT ON TABLE lic_schema.knowledge_article_votes IS 'Was the article helpful; one vote a user';
