// The templates of add: the patterns of the guide, such that lint --preset guide finds nothing in them as they are.

export const guessTemplate = (type: string): string =>
  type === "versioned" ? "empty" : type === "baseline" ? "empty" : type;

const HEADER = `-- {{label}}: {{title}}
-- Description: {{title}}
`;

/** Values of templates by name: table, column, columnType, references, and the team's own. */
export type Values = Readonly<Record<string, string>>;

export interface Template {
  readonly doc: string;
  readonly text: string;
  /** A description made of the values. */
  readonly title?: (values: Values) => string;
  /** Of values, where they differ from the usual ones. */
  readonly defaults?: Values;
}

export const TEMPLATES: ReadonlyMap<string, Template> = new Map<string, Template>([
  [
    "empty",
    {
      doc: "The header alone",
      text: HEADER,
    },
  ],
  [
    "create-table",
    {
      doc: "A table with key, timestamps, index and comment",
      title: ({ table }) => `Create ${table} table`,
      text: `${HEADER}
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
    },
  ],
  [
    "add-column",
    {
      doc: "A column with its comment",
      title: ({ table, column }) => `Add ${column} to ${table}`,
      text: `${HEADER}
ALTER TABLE {{schema}}.{{table}}
    ADD COLUMN IF NOT EXISTS {{column}} {{columnType}};

COMMENT ON COLUMN {{schema}}.{{table}}.{{column}} IS '{{title}}';
`,
    },
  ],
  [
    "foreign-key",
    {
      doc: "A foreign key with its index, NOT VALID",
      title: ({ table, references }) => `Add foreign key from ${table} to ${references}`,
      text: `${HEADER}-- The key is added NOT VALID: it holds for new rows at once, and no row is read under the lock.
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
            FOREIGN KEY ({{column}}) REFERENCES {{parent}} (id) ON DELETE CASCADE
            NOT VALID;
    END IF;
END $$;
`,
    },
  ],
  [
    "index",
    {
      doc: "An index, made while writes go on",
      title: ({ table, column }) => `Add index on ${table} ${column}`,
      text: `${HEADER}-- CONCURRENTLY lets writes go on. It cannot run in a transaction; godwit runs this file without one.
-- A build that fails leaves an invalid index, which IF NOT EXISTS would take for a good one: it is dropped first.

DROP INDEX CONCURRENTLY IF EXISTS {{schema}}.idx_{{table}}_{{column}};
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_{{table}}_{{column}}
    ON {{schema}}.{{table}} ({{column}});
`,
    },
  ],
  [
    "enum",
    {
      doc: "An enum type and a column of it",
      title: ({ table }) => `Add status to ${table}`,
      text: `${HEADER}
DO $$
BEGIN
    CREATE TYPE {{schema}}.{{table}}_status AS ENUM ('active', 'inactive', 'pending');
EXCEPTION
    WHEN duplicate_object THEN NULL;
END $$;

ALTER TABLE {{schema}}.{{table}}
    ADD COLUMN IF NOT EXISTS status {{schema}}.{{table}}_status DEFAULT 'pending';
`,
    },
  ],
  [
    "seed",
    {
      doc: "Rows that are added once",
      title: ({ table }) => `Seed ${table}`,
      text: `${HEADER}
INSERT INTO {{schema}}.{{table}} (name)
SELECT v.name
FROM (VALUES ('first'), ('second')) AS v (name)
WHERE NOT EXISTS (SELECT 1 FROM {{schema}}.{{table}} AS t WHERE t.name = v.name);
`,
    },
  ],
  [
    "function",
    {
      doc: "A trigger function that keeps updated_at",
      title: ({ table }) => `Touch ${table} on update`,
      text: `${HEADER}
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
    },
  ],
  [
    "policy",
    {
      doc: "Row level security by tenant",
      title: ({ table }) => `Protect ${table} by tenant`,
      defaults: { column: "tenant_id" },
      text: `${HEADER}
ALTER TABLE {{schema}}.{{table}} ENABLE ROW LEVEL SECURITY;

DROP POLICY IF EXISTS {{table}}_tenant ON {{schema}}.{{table}};
CREATE POLICY {{table}}_tenant ON {{schema}}.{{table}}
    USING ({{column}} = current_setting('app.current_tenant_id', true)::uuid);
`,
    },
  ],
  [
    "repeatable",
    {
      doc: "A file that runs again when it changes: views, functions",
      text: `${HEADER}-- Runs again whenever this text changes, behind all versioned files: it must be able to.
`,
    },
  ],
  [
    "undo",
    {
      doc: "What takes the last version back",
      text: `${HEADER}-- Takes back version {{version}}. What was written since is lost where columns or tables go.\n`,
    },
  ],
  [
    "reverse",
    {
      doc: "A new version that takes an earlier one back",
      title: ({ table, column }) => `Drop ${column} of ${table}`,
      text: `${HEADER}-- Reverses an earlier migration by a new one. Say which, and what data is lost.

ALTER TABLE {{schema}}.{{table}}
    DROP COLUMN IF EXISTS {{column}};
`,
    },
  ],
]);

const USUAL: Values = {
  table: "table_name",
  column: "column_name",
  columnType: "VARCHAR(100)",
  references: "parent_table",
};

const QUESTIONS: Values = {
  table: "Table",
  column: "Column",
  columnType: "Type of the column",
  references: "Table that the key points at",
};

/** What add fills in itself. */
const MADE = new Set(["kind", "version", "label", "title", "schema", "parent"]);

export interface WantedValue {
  readonly name: string;
  readonly question: string;
  /** Offered to whoever is asked. */
  readonly fallback: string | undefined;
  readonly check: ((text: string) => string | undefined) | undefined;
}

/** The values that a template needs, in the order of its text. */
export function valuesIn({ text, defaults }: Template): readonly WantedValue[] {
  const names = [...text.matchAll(PLACEHOLDER)].map(([, name = ""]) =>
    name === "parent" ? "references" : name,
  );
  return [...new Set(names)]
    .filter((name) => !MADE.has(name))
    .map((name) => ({
      name,
      question: QUESTIONS[name] ?? name,
      fallback: defaults?.[name] ?? (name === "columnType" ? USUAL[name] : undefined),
      check: checkOf(name),
    }));
}

export function checkOf(name: string): ((text: string) => string | undefined) | undefined {
  if (name === "table" || name === "references") return (text) => nameProblem(text, true);
  return name === "column" ? (text) => nameProblem(text, false) : undefined;
}

const NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** Templates write names without quotes. */
function nameProblem(text: string, mayHaveSchema: boolean): string | undefined {
  const parts = text.split(".");
  if (parts.length <= (mayHaveSchema ? 2 : 1) && parts.every((part) => NAME.test(part))) return undefined;
  const schema = mayHaveSchema ? ", perhaps with a schema and a dot before it" : "";
  return `A name has lower-case letters, digits and underscores, and begins with no digit${schema}.`;
}

export interface Filling {
  readonly kind: string;
  readonly version: string;
  readonly label: string;
  readonly title: string;
  readonly schema: string;
  readonly values: Values;
}

const PLACEHOLDER = /\{\{(\w+)\}\}/g;

/** {{name}} is replaced; an unknown name stays. A table may bring its schema along. */
export function fillTemplate(template: Template, filling: Filling): string {
  const { values, ...made } = filling;
  const given = { ...USUAL, ...template.defaults, ...values };
  const table = splitName(given["table"] ?? "", filling.schema);
  const parent = splitName(given["references"] ?? "", table.schema);
  const known: ReadonlyMap<string, string> = new Map(
    Object.entries({
      ...given,
      ...made,
      title: filling.title.replaceAll("'", "''").replaceAll("\n", " "),
      schema: table.schema,
      table: table.name,
      references: parent.name,
      parent: `${parent.schema}.${parent.name}`,
    }),
  );
  return template.text.replace(PLACEHOLDER, (whole, name: string) => known.get(name) ?? whole);
}

function splitName(text: string, schema: string): { readonly schema: string; readonly name: string } {
  const dot = text.indexOf(".");
  return dot === -1 ? { schema, name: text } : { schema: text.slice(0, dot), name: text.slice(dot + 1) };
}
