// Extensions have a schema.
import { creationSchema, type Edits, fixOf, insertion, nameEnd, written } from "../edits.ts";
import { type RuleContext, rule } from "../rule.ts";
import { behind } from "../shapes.ts";

/** Extensions of contrib that may be put into any schema. */
const ANYWHERE = new Set(
  "btree_gin btree_gist citext cube dict_int earthdistance fuzzystrmatch hstore intarray isn ltree pg_stat_statements pg_trgm pgcrypto tablefunc unaccent uuid-ossp".split(
    " ",
  ),
);

function inSchema(start: number, context: RuleContext): Edits {
  const { script } = context.file;
  const name = behind(script, start, /create\s+extension\s+(?:if\s+not\s+exists\s+)?/i);
  const schema = creationSchema(context);
  if (name === undefined || schema === undefined) return undefined;
  const end = nameEnd(script, name);
  return insertion(behind(script, end, /\s+with\b/i) ?? end, ` SCHEMA ${written(schema)}`);
}

export default rule({
  id: "extension-schema",
  family: "shape",
  severity: "info",
  presets: [],
  summary: "CREATE EXTENSION names its schema",
  why: "Without one it goes into the first schema of the search_path, which differs between configurations.",
  instead: "CREATE EXTENSION IF NOT EXISTS x SCHEMA extensions.",
  bad: [
    {
      sql: "CREATE EXTENSION IF NOT EXISTS pgcrypto;",
      fixed: "CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA app;",
    },
    {
      sql: 'CREATE EXTENSION "uuid-ossp" WITH CASCADE;',
      fixed: 'CREATE EXTENSION "uuid-ossp" WITH SCHEMA app CASCADE;',
    },
    "CREATE EXTENSION postgis_topology;",
  ],
  good: ["CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA extensions;", "CREATE EXTENSION plpgsql;"],
  fix: {
    gives: "same",
    note: "The schema is the one it goes to now. Only for extensions that come with PostgreSQL, and where the default schema is configured: others may have a schema of their own.",
  },
  on: {
    "create-extension": (action, context) => {
      const { report } = context;
      if (action.schema === undefined && action.name !== "plpgsql")
        report(
          action,
          `The extension ${action.name} goes into whatever schema comes first in the search_path.`,
          ANYWHERE.has(action.name) ? fixOf(action, inSchema(action.start, context)) : undefined,
        );
    },
  },
});
