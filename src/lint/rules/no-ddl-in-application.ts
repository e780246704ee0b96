// The schema is changed by migrations alone. Which files are looked through is commands/lint-application.ts.
import { ddlIn } from "../application.ts";
import { rule } from "../rule.ts";

export default rule({
  id: "no-ddl-in-application",
  family: "guide",
  severity: "error",
  presets: ["guide"],
  summary: "Application code makes and changes no tables",
  clause: "NEVER use SQLAlchemy's create_all() in production code",
  why: "A table that the application makes is in no migration: other databases do not get it, and the migration that makes it later is skipped or fails. Two processes that start at once may both try.",
  instead: "Write a migration for it (godwit add), and let the application expect the schema it finds.",
  options: [
    {
      name: "paths",
      default: "",
      doc: "Folders that are looked through, with commas between, from the working directory; that directory itself unless set, as far as git has it. Only files that git does not ignore, up to 1 MiB.",
    },
    {
      name: "skip",
      default:
        "test,tests,__tests__,testing,spec,specs,e2e,fixtures,examples,docs,node_modules,venv,site-packages,vendor,third_party,dist,build,target,coverage",
      doc: "Names of folders that are left out, beside the locations of migrations, hidden folders, and files that are named like tests.",
    },
  ],
  bad: [
    { application: { "app/main.py": "Base.metadata.create_all(bind=engine)\n" } },
    {
      application: {
        "app/main.py": "async with engine.begin() as c:\n    await c.run_sync(Base.metadata.drop_all)\n",
      },
    },
    {
      application: {
        "alembic/versions/1_a.py": 'from alembic import op\nop.create_table("a")\nop.add_column("a", c)\n',
      },
    },
    {
      application: {
        "app/setup.py":
          'def setup(c):\n    c.execute(text("""\n        CREATE TABLE IF NOT EXISTS app.a (id int)\n    """))\n',
      },
    },
    { application: { "app/a.py": 'cursor.execute("alter table a add column b int")\n' } },
    { application: { "app/a.py": 'cursor.execute(f"DROP TABLE IF EXISTS {name} CASCADE")\n' } },
    { application: { "web/db.ts": "await sequelize.sync({ alter: true });\n" } },
    {
      application: {
        "web/db.ts": 'import { DataSource } from "typeorm";\nnew DataSource({ synchronize: true });\n',
      },
    },
    { application: { "web/db.ts": "await knex.schema.createTable('a', (t) => t.increments());\n" } },
    { application: { "web/db.ts": "await sql`CREATE INDEX a_b ON a (b)`;\n" } },
    { application: { "package.json": '{ "scripts": { "start": "prisma db push && node ." } }\n' } },
    {
      application: {
        "app/src/main/resources/application.properties": "spring.jpa.hibernate.ddl-auto=update\n",
      },
    },
    {
      application: {
        "app/src/main/resources/application.yml": "jpa:\n  hibernate:\n    ddl-auto: create-drop\n",
      },
    },
    { application: { "app/Setup.java": 'jdbc.execute("CREATE TABLE a (id int)");\n' } },
    { application: { "db/db.go": "db.AutoMigrate(&User{})\n" } },
  ],
  good: [
    { application: { "app/main.py": "# Base.metadata.create_all(bind=engine)\n" } },
    {
      application: {
        "app/main.py": '"""Never call create_all() here.\n\nCREATE TABLE a (id int)\n"""\nx = 1\n',
      },
    },
    { application: { "app/main.py": 'log.info("CREATE TABLE a (id int) is done")\n' } },
    { application: { "app/main.py": 'parser.add_argument("--drop", help="Drop table users")\n' } },
    {
      application: {
        "app/main.py": 'c.execute("CREATE TEMP TABLE t (id int)")\nc.execute("DROP TABLE t")\n',
      },
    },
    {
      application: {
        "app/main.py": "c.execute(\"SELECT created FROM a WHERE title = 'create table a (x)'\")\n",
      },
    },
    { application: { "app/cache.py": 'import sqlite3\nc.execute("CREATE TABLE a (id int)")\n' } },
    {
      application: {
        "app/main.py":
          "Base.metadata.create_all(engine)  # godwit-ignore no-ddl-in-application: a local cache in SQLite\n",
      },
    },
    { application: { "web/db.ts": "// await sequelize.sync({ force: true });\nfs.sync({ retries: 3 });\n" } },
    {
      application: {
        "web/db.ts": 'new DataSource({ synchronize: false }); // typeorm\nconsole.log("DROP TABLE a");\n',
      },
    },
    {
      application: {
        "app/src/main/resources/application.yml": "hibernate:\n  # ddl-auto: update\n  ddl-auto: validate\n",
      },
    },
  ],
  end: ({ project, report }) => {
    for (const { path, text } of project.application) {
      for (const { start, end, what } of ddlIn(path, text)) report(path, { start, end }, `${what}.`);
    }
  },
});
