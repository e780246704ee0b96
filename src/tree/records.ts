// The small records that actions are made of.
import type { Use } from "./template.ts";

type Make = (use: Use) => unknown;
type Makes = readonly Make[];

const nothing: Make = () => undefined;

/**
 * By their fields in order. An object written as a literal is made several times as fast as
 * one that is copied and changed, and a run over thousands of files makes millions.
 */
export const RECORDS: ReadonlyMap<string, (makes: Makes) => (use: Use) => object> = new Map<
  string,
  (makes: Makes) => (use: Use) => object
>([
  [
    "schema,name,start",
    ([schema = nothing, name = nothing, start = nothing]: Makes) =>
      (use: Use) => ({ schema: schema(use), name: name(use), start: start(use) }),
  ],
  [
    "schema,name,args,array,start",
    ([schema = nothing, name = nothing, args = nothing, array = nothing, start = nothing]: Makes) =>
      (use: Use) => ({
        schema: schema(use),
        name: name(use),
        args: args(use),
        array: array(use),
        start: start(use),
      }),
  ],
  [
    "isConstant,isNull,functions,columns,notNullColumns,start",
    ([
      isConstant = nothing,
      isNull = nothing,
      functions = nothing,
      columns = nothing,
      notNullColumns = nothing,
      start = nothing,
    ]: Makes) =>
      (use: Use) => ({
        isConstant: isConstant(use),
        isNull: isNull(use),
        functions: functions(use),
        columns: columns(use),
        notNullColumns: notNullColumns(use),
        start: start(use),
      }),
  ],
  [
    "type,name,columns,usingIndex,notValid,notEnforced,deferrable,references,expression,inline,start",
    ([
      type = nothing,
      name = nothing,
      columns = nothing,
      usingIndex = nothing,
      notValid = nothing,
      notEnforced = nothing,
      deferrable = nothing,
      references = nothing,
      expression = nothing,
      inline = nothing,
      start = nothing,
    ]: Makes) =>
      (use: Use) => ({
        type: type(use),
        name: name(use),
        columns: columns(use),
        usingIndex: usingIndex(use),
        notValid: notValid(use),
        notEnforced: notEnforced(use),
        deferrable: deferrable(use),
        references: references(use),
        expression: expression(use),
        inline: inline(use),
        start: start(use),
      }),
  ],
  [
    "table,columns,onDelete",
    ([table = nothing, columns = nothing, onDelete = nothing]: Makes) =>
      (use: Use) => ({ table: table(use), columns: columns(use), onDelete: onDelete(use) }),
  ],
  [
    "name,type,notNull,default,identity,generated,constraints,start",
    ([
      name = nothing,
      type = nothing,
      notNull = nothing,
      value = nothing,
      identity = nothing,
      generated = nothing,
      constraints = nothing,
      start = nothing,
    ]: Makes) =>
      (use: Use) => ({
        name: name(use),
        type: type(use),
        notNull: notNull(use),
        default: value(use),
        identity: identity(use),
        generated: generated(use),
        constraints: constraints(use),
        start: start(use),
      }),
  ],
  [
    "kind,name,inside,use,database,alias",
    ([
      kind = nothing,
      name = nothing,
      inside = nothing,
      usage = nothing,
      database = nothing,
      alias = nothing,
    ]: Makes) =>
      (use: Use) => ({
        kind: kind(use),
        name: name(use),
        inside: inside(use),
        use: usage(use),
        database: database(use),
        alias: alias(use),
      }),
  ],
]);
