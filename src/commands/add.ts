import { command } from "./command.ts";

export default command({
  name: "add",
  aliases: ["new"],
  summary: "Write a new migration file by the guide",
  description:
    "Makes a file with the next free version of the folder and of git's main branch, with the guide's header and, when a template is named, its SQL. Prints the path. Without a description, in a terminal, it asks for what it was not told.",
  usage: "godwit add [options] [description ...]",
  words: { name: "description" },
  hasOwnReport: true,
  options: [
    { name: "description", value: "text", doc: "Description, as words behind add too." },
    {
      name: "type",
      value: "versioned|repeatable|undo|baseline",
      doc: "Kind of the file; versioned unless set.",
    },
    { name: "version", value: "version", doc: "Version; the next free one unless set." },
    { name: "location", value: "location", doc: "Where it goes; the first filesystem location unless set." },
    {
      name: "timestamp",
      value: "auto|always|never",
      doc: "Whether the version has the time in it; as the folder does unless set.",
    },
    { name: "nameOnly", value: "true", doc: "Print the path and make nothing." },
    { name: "force", value: "true", doc: "Overwrite a file that is there." },
    {
      name: "template",
      value: "name",
      own: "value",
      doc: "create-table, add-column, foreign-key, index, enum, seed, function, policy, repeatable, undo, reverse, or one of the team's.",
    },
    {
      name: "templates",
      value: "folder",
      own: "value",
      doc: "Folder of the team's templates, NAME.sql; db/templates unless set.",
    },
    { name: "table", value: "name", own: "value", doc: "Table in the template." },
    { name: "column", value: "name", own: "value", doc: "Column in the template." },
    { name: "columnType", value: "type", own: "value", doc: "Type of that column; VARCHAR(100) unless set." },
    { name: "references", value: "table", own: "value", doc: "Other table of a foreign key." },
    { name: "set", value: "name=value,...", own: "list", doc: "Other {{names}} in the team's templates." },
  ],
  examples: [
    { command: "godwit add", doc: "In a terminal: it asks" },
    {
      command: "godwit add -description=Create_invoices_table",
      doc: "The next version, with the guide's header",
    },
    {
      command: "godwit add Create invoices table --template create-table --table invoices",
      doc: "With the guide's table",
    },
    { command: "godwit add -type=repeatable -description=Refresh_views", doc: "A repeatable file" },
  ],
  run: async ({ world, options, words = [], ask }) => {
    const { addMigration } = await import("./add-run.ts");
    return { outcome: await addMigration(world, options, words, { ask }), exitCode: 0 };
  },
});
