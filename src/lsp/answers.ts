// Answers to what an editor asks at a place: code actions and hovers.
import type { CodeAction, CodeActionParams, Hover, HoverParams, Range } from "vscode-languageserver";
import type { Abilities } from "./abilities.ts";
import { FIX_ALL, fixAll, quickFixes, type Target, wants } from "./actions.ts";
import { type Placed, place, rangesIn } from "./diagnostics.ts";
import { hover, ruleText } from "./hover.ts";
import type { Judgements } from "./judgements.ts";
import { meaningOf, nameAt, scriptOffset } from "./name-at.ts";
import { meaningText } from "./schema-text.ts";
import type { Token } from "./slices.ts";
import type { Member, Workspace } from "./workspace.ts";

/** What questions are answered from. */
export interface Asked {
  readonly workspace: Workspace;
  readonly judgements: Judgements;
  readonly abilities: Abilities;
}

export async function codeActions(
  { workspace, judgements, abilities }: Asked,
  { textDocument, range, context }: CodeActionParams,
  token: Token,
): Promise<CodeAction[]> {
  const member = workspace.member(textDocument.uri);
  const judged = member === undefined ? undefined : await judgements.of(member, token);
  if (member === undefined || judged === undefined) return [];
  const { document } = member;
  const target: Target = { uri: document.uri, version: document.version, abilities };
  const from = document.offsetAt(range.start);
  const placed = placedAt(member, place(judged), from, document.offsetAt(range.end));
  const isForAll = wants(context.only, FIX_ALL) && judged.mayChange && judged.findings.some((f) => f.fixable);
  return [
    ...(wants(context.only, "quickfix") ? quickFixes(judged, placed, target) : []),
    ...(isForAll ? await fixesOfAll(judgements, member, target, token) : []),
  ];
}

async function fixesOfAll(
  judgements: Judgements,
  { document, folder, key }: Member,
  target: Target,
  token: Token,
): Promise<readonly CodeAction[]> {
  const before = document.getText();
  const after = await judgements.guarded(folder, () => folder.mended(key, token));
  if (after === undefined || document.version !== target.version) return [];
  return fixAll(before, after, target);
}

/** The findings that a range touches. */
const placedAt = (
  { document }: Member,
  placed: readonly Placed[],
  from: number,
  to: number,
): readonly Placed[] =>
  placed.filter(({ range }) => document.offsetAt(range.start) <= to && from <= document.offsetAt(range.end));

export async function hoverAt(
  asked: Asked,
  { textDocument, position }: HoverParams,
  token: Token,
): Promise<Hover | undefined> {
  const { workspace, judgements, abilities } = asked;
  const member = workspace.member(textDocument.uri);
  const judged = member === undefined ? undefined : await judgements.of(member, token);
  if (member === undefined || judged === undefined) return undefined;
  const offset = member.document.offsetAt(position);
  const here = placedAt(member, place(judged), offset, offset);
  const meaning = await shownMeaning(judgements, member, offset, token);
  const texts = here.map((p) => ruleText(p, judged.rules.get(p.finding.rule)));
  return hover(
    [...(meaning === undefined ? [] : [meaning.text]), ...new Set(texts)],
    meaning?.range ?? here[0]?.range,
    abilities.hoverKind,
  );
}

interface Shown {
  readonly text: string;
  readonly range: Range;
}

/** What the name at an offset of the document means there. */
async function shownMeaning(
  judgements: Judgements,
  { document, folder, key }: Member,
  offset: number,
  token: Token,
): Promise<Shown | undefined> {
  const at = await judgements.guarded(folder, () =>
    folder.schemaAt(key, (source) => scriptOffset(source, offset), token),
  );
  const name = at === undefined ? undefined : nameAt(at.script, scriptOffset(at.source, offset));
  const meaning = at === undefined || name === undefined ? undefined : meaningOf(at, name);
  if (at === undefined || name === undefined || meaning === undefined) return undefined;
  const original = (o: number): number => at.source.replaced?.toOriginal(o) ?? o;
  return {
    text: meaningText(meaning, new Map(at.files.map((f) => [f.path, f]))),
    range: rangesIn(document.getText())(original(name.start), original(name.end)),
  };
}
