// The templates of add: the patterns of the guide, such that lint --preset guide finds nothing in them as they are.

export const guessTemplate = (type: string): string =>
  type === "versioned" ? "empty" : type === "baseline" ? "empty" : type;

const HEADER = `-- {{label}}: {{title}}
-- Description: {{title}}
`;

export const TEMPLATES: ReadonlyMap<string, string> = new Map([
  ["empty", HEADER],
  [
    "create-table",
    `${HEADER}
-- =====================================================
-- NEW TABLES
-- =====================================================

CREATE TABLE IF NOT EXISTS {{schema}}.{{table}} (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(255) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_{{table}}_name ON {{schema}}.{{table}} (name);

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON TABLE {{schema}}.{{table}} IS '{{title}}';
`,
  ],
  [
    "add-column",
    `${HEADER}
ALTER TABLE {{schema}}.{{table}}
    ADD COLUMN IF NOT EXISTS {{column}} VARCHAR(100);

COMMENT ON COLUMN {{schema}}.{{table}}.{{column}} IS '{{title}}';
`,
  ],
  [
    "foreign-key",
    `${HEADER}-- The key is added NOT VALID: it holds for new rows at once, and no row is read under the lock.
-- Validate it in the next file: ALTER TABLE ... VALIDATE CONSTRAINT fk_{{table}}_{{column}};

CREATE INDEX IF NOT EXISTS idx_{{table}}_{{column}} ON {{schema}}.{{table}} ({{column}});

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_constraint
        WHERE conname = 'fk_{{table}}_{{column}}' AND conrelid = '{{schema}}.{{table}}'::regclass
    ) THEN
        ALTER TABLE {{schema}}.{{table}}
            ADD CONSTRAINT fk_{{table}}_{{column}}
            FOREIGN KEY ({{column}}) REFERENCES {{schema}}.{{references}} (id) ON DELETE CASCADE
            NOT VALID;
    END IF;
END $$;
`,
  ],
  [
    "index",
    `${HEADER}-- CONCURRENTLY lets writes go on. It cannot run in a transaction; godwit runs this file without one.
-- A build that fails leaves an invalid index, which IF NOT EXISTS would take for a good one: it is dropped first.

DROP INDEX CONCURRENTLY IF EXISTS {{schema}}.idx_{{table}}_{{column}};
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_{{table}}_{{column}}
    ON {{schema}}.{{table}} ({{column}});
`,
  ],
  [
    "enum",
    `${HEADER}
DO $$
BEGIN
    CREATE TYPE {{schema}}.{{table}}_status AS ENUM ('active', 'inactive', 'pending');
EXCEPTION
    WHEN duplicate_object THEN NULL;
END $$;

ALTER TABLE {{schema}}.{{table}}
    ADD COLUMN IF NOT EXISTS status {{schema}}.{{table}}_status DEFAULT 'pending';
`,
  ],
  [
    "seed",
    `${HEADER}
INSERT INTO {{schema}}.{{table}} (name)
SELECT v.name
FROM (VALUES ('first'), ('second')) AS v (name)
WHERE NOT EXISTS (SELECT 1 FROM {{schema}}.{{table}} AS t WHERE t.name = v.name);
`,
  ],
  [
    "function",
    `${HEADER}
CREATE OR REPLACE FUNCTION {{schema}}.{{table}}_touch()
RETURNS TRIGGER
LANGUAGE plpgsql
SET search_path = {{schema}}, pg_temp
AS $$
BEGIN
    NEW.updated_at := NOW();
    RETURN NEW;
END;
$$;

DROP TRIGGER IF EXISTS {{table}}_touch ON {{schema}}.{{table}};
CREATE TRIGGER {{table}}_touch
    BEFORE UPDATE ON {{schema}}.{{table}}
    FOR EACH ROW EXECUTE FUNCTION {{schema}}.{{table}}_touch();
`,
  ],
  [
    "policy",
    `${HEADER}
ALTER TABLE {{schema}}.{{table}} ENABLE ROW LEVEL SECURITY;

DROP POLICY IF EXISTS {{table}}_tenant ON {{schema}}.{{table}};
CREATE POLICY {{table}}_tenant ON {{schema}}.{{table}}
    USING (tenant_id = current_setting('app.current_tenant_id', true)::uuid);
`,
  ],
  [
    "repeatable",
    `${HEADER}-- Runs again whenever this text changes, behind all versioned files: it must be able to.
`,
  ],
  [
    "undo",
    `${HEADER}-- Takes back version {{version}}. What was written since is lost where columns or tables go.\n`,
  ],
  [
    "reverse",
    `${HEADER}-- Reverses an earlier migration by a new one. Say which, and what data is lost.

ALTER TABLE {{schema}}.{{table}}
    DROP COLUMN IF EXISTS {{column}};
`,
  ],
]);

export interface TemplateValues {
  readonly kind: string;
  readonly version: string;
  readonly label: string;
  readonly title: string;
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly references: string;
}

/** {{name}} is replaced; an unknown name stays. */
export function fillTemplate(template: string, values: TemplateValues): string {
  const known: ReadonlyMap<string, string> = new Map(
    Object.entries({ ...values, title: values.title.replaceAll("'", "''").replaceAll("\n", " ") }),
  );
  return template.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => known.get(name) ?? whole);
}
