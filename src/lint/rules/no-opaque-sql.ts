// EXECUTE runs what can be read.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-opaque-sql",
  family: "security",
  severity: "info",
  presets: [],
  summary: "EXECUTE runs a text that can be read in the file",
  why: "What is put together at run time cannot be judged before.",
  instead: "Write the statement out, or use format() with a literal.",
  bad: ["DO $$ DECLARE q text; BEGIN EXECUTE q; END $$;"],
  good: ["DO $$ BEGIN EXECUTE format('DROP INDEX IF EXISTS app.%I', 'i'); END $$;"],
  on: {
    dynamic: (action, { report }) => {
      if (runs(action)) report(action, "What this runs is only known at run time.");
    },
  },
});
