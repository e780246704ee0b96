// Expressions and types that stand alone, as the catalog tells them, by the readers of whole statements.
import type { ExpressionFacts, TypeFacts } from "./action.ts";
import { expressionFacts, typeFacts } from "./names.ts";
import type { Node, Parser } from "./parser.ts";

const UNKNOWN_EXPRESSION: ExpressionFacts = {
  isConstant: false,
  isNull: false,
  functions: [],
  columns: [],
  notNullColumns: [],
  start: 0,
};

const nowhere = (): number => 0;

/** A reader that parses each text once. A text that is no expression has no facts. */
export function expressionReader(parser: Parser): {
  readonly expression: (text: string) => ExpressionFacts;
  readonly type: (text: string) => TypeFacts;
} {
  const expressions = new Map<string, ExpressionFacts>();
  const types = new Map<string, TypeFacts>();
  return {
    expression: (text) =>
      once(expressions, text, () => {
        const node = onlyTarget(parser, text);
        return node === undefined ? UNKNOWN_EXPRESSION : expressionFacts(node, nowhere);
      }),
    type: (text) =>
      once(types, text, () => {
        const node = onlyTarget(parser, `NULL::${text}`);
        const name = node !== undefined && "TypeCast" in node ? node.TypeCast.typeName : undefined;
        return typeFacts(name, nowhere);
      }),
  };
}

function once<T>(known: Map<string, T>, text: string, make: () => T): T {
  const found = known.get(text);
  if (found !== undefined) return found;
  const made = make();
  known.set(text, made);
  return made;
}

function onlyTarget(parser: Parser, text: string): Node | undefined {
  const parsed = parser.parse(`SELECT ${text}`);
  const [node] = parsed.ok ? parsed.nodes : [];
  const [target] = node !== undefined && "SelectStmt" in node ? (node.SelectStmt.targetList ?? []) : [];
  return target !== undefined && "ResTarget" in target ? target.ResTarget.val : undefined;
}
