// The projects that the fault tests apply: one with every kind of statement that cannot run in a transaction, and the
// example.
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Settings } from "../../src/config/settings.ts";
import { type Feature, hasFeature } from "../../src/server/features.ts";
import type { Session } from "../../src/server/session.ts";

export interface FaultProject {
  readonly name: string;
  /** Writes its files, as far as the server knows their statements, into an empty folder. */
  write(dir: string, server: Pick<Session, "serverVersion">): void;
  /** `tag` is a name of the trial's own, for what is the cluster's. */
  settings(tag: string): Partial<Settings>;
  /** The same as arguments. */
  args(tag: string): readonly string[];
  /** Of the history. */
  readonly schema: string;
  /** False where rows hold now() or random ids. */
  readonly sameRows: boolean;
}

/** Statements that may not be done twice (inserts without a key, a counter) stand between those that can't be undone. */
const FILES: Readonly<Record<string, string>> = {
  "V1__tables.sql": `
create table a(id int, v int, x text);
insert into a select i, i % 7, repeat('x', i) from generate_series(1, 60) i;
create table log(what text);
create table counter(n int);
insert into counter values (0);
create table p(k int) partition by list (k);
create table p1 partition of p for values in (1);
create table p2 partition of p for values in (2);
insert into p values (1), (2);
create type mood as enum ('good');
create materialized view mv as select count(*) as n from a;
create function bump() returns void language sql as 'update counter set n = n + 1';
`,
  "V2__one_index.sql": "create index concurrently a_v on a(v);",
  "V3__indexes.sql": `
create unique index concurrently a_id on a (id);
create index concurrently if not exists "A x" on public.a (x) where v > 1;
create index concurrently on a (v, x);
`,
  "V4__reindex.sql": `
reindex index concurrently a_v;
reindex table concurrently a;
`,
  "V5__detach.sql": "alter table p detach partition p1 concurrently;",
  "V6__drop_index.sql": 'drop index concurrently if exists "A x";',
  "V7__vacuum.sql": "vacuum a; vacuum (analyze) counter;",
  "V8__system.sql": "alter system set work_mem = '5MB'; alter system reset work_mem;",
  "V9__database.sql": `
create database \${tag}_a template template0;
create database \${tag}_b template template0;
`,
  "V10__drop_database.sql": `drop database \${tag}_a;`,
  "V11__tablespace.sql": `
set allow_in_place_tablespaces = on;
create tablespace \${tag}_t location '';
create tablespace \${tag}_u location '';
drop tablespace \${tag}_t;
`,
  "V12__subscription.sql": `
create subscription \${tag}_s connection 'dbname=nowhere' publication one with (connect = false, slot_name = none);
alter subscription \${tag}_s add publication two with (refresh = false);
create subscription \${tag}_r connection 'dbname=nowhere' publication one with (connect = false, slot_name = none);
drop subscription \${tag}_r;
`,
  "V13__mixed.sql": `
set search_path = public;
insert into log values ('mixed 1');
alter type mood add value 'bad';
insert into log select 'mood ' || unnest(enum_range(null::mood));
update counter set n = n + 1;
create temp table scratch(t text);
insert into scratch values ('from scratch');
create index concurrently log_what on log(what);
insert into log select t from scratch;
do $$ begin insert into log values ('done'); end $$;
copy log from stdin;
copied 1
copied 2
\\.
select bump();
refresh materialized view mv;
comment on table log is 'what was done';
vacuum log;
insert into log values ('mixed 2');
`,
  "V14__own_blocks.sql": `
vacuum counter;
begin;
insert into log values ('block 1');
update counter set n = n + 10;
commit;
begin;
insert into log values ('taken back');
rollback;
insert into log values ('between');
begin;
insert into log values ('block 2');
commit;
`,
  "V15__own_control.sql": `
begin;
create table oc1(i int);
insert into log values ('own 1');
commit;
create table oc2(i int);
insert into log values ('own 2');
commit;
insert into log values ('own 3');
`,
  "V16__whole_block.sql": `
begin;
create table whole(i int);
insert into log values ('whole');
commit;
`,
  "V17__prepared.sql": `
begin;
insert into log values ('prepared');
update counter set n = n + 1000;
prepare transaction '\${tag}_p';
commit prepared '\${tag}_p';
insert into log values ('behind it');
`,
  "V18__prepare.sql": `
insert into log values ('left prepared');
update counter set n = n + 10000;
prepare transaction '\${tag}_q';
insert into log values ('beside it');
`,
  "V19__rollback_prepared.sql": "rollback prepared '${tag}_q';",
  "V20__last.sql": "insert into log values ('last'); update counter set n = n + 100;",
  "R__again.sql": "create or replace view va as select count(*) as n from log;",
  "R__vacuum.sql": "vacuum a;",
};

/** Those that need more than PostgreSQL 13. */
const NEEDS: Readonly<Record<string, Feature>> = {
  "V5__detach.sql": "detachConcurrently",
  // So did ADD PUBLICATION.
  "V12__subscription.sql": "detachConcurrently",
  // Tablespaces without a folder of their own came with 15.
  "V11__tablespace.sql": "databaseStrategy",
};

function writeFiles(
  dir: string,
  server: Pick<Session, "serverVersion">,
  wanted: (name: string) => boolean,
): void {
  mkdirSync(join(dir, "sql"), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) {
    const feature = NEEDS[name];
    if (!wanted(name) || (feature !== undefined && !hasFeature(server, feature))) continue;
    writeFileSync(join(dir, "sql", name), text);
  }
}

export const everyKind: FaultProject = {
  name: "every kind of statement",
  write: (dir, server) => writeFiles(dir, server, () => true),
  settings: (tag) => ({ mixed: true, placeholders: { tag } }),
  args: (tag) => ["-mixed=true", `-placeholders.tag=${tag}`],
  schema: "public",
  sameRows: true,
};

const CONTENDED: ReadonlySet<string> = new Set([
  "V1__tables.sql",
  "V3__indexes.sql",
  "V5__detach.sql",
  "V6__drop_index.sql",
  "V13__mixed.sql",
  "V15__own_control.sql",
  "V16__whole_block.sql",
  "V20__last.sql",
  "R__again.sql",
]);

/** What many runners fight over: quick files, and each kind that keeps locks or must not be done twice. */
export const contended: FaultProject = {
  ...everyKind,
  name: "many runners",
  write: (dir, server) => writeFiles(dir, server, (name) => CONTENDED.has(name)),
};

const EXAMPLE = resolve("examples/insurance/db/migration");

export const insurance: FaultProject = {
  name: "the insurance example",
  write: (dir) => cpSync(EXAMPLE, join(dir, "sql"), { recursive: true }),
  settings: () => ({ schemas: ["lic_schema"], baselineOnMigrate: true }),
  args: () => ["-schemas=lic_schema", "-baselineOnMigrate=true"],
  schema: "lic_schema",
  sameRows: false,
};
