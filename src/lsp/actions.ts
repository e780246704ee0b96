// Code actions: fix this finding, fix the file, ignore this finding with a reason.
import {
  type CodeAction,
  CodeActionKind,
  type Diagnostic,
  type SnippetTextEdit,
  type TextDocumentEdit,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver";
import { withDosLines } from "../lint/fix.ts";
import { type IgnoreComment, ignoreComment, ignoreInFile } from "../lint/ignore.ts";
import { splitStatements } from "../sql/split.ts";
import { type Placed, rangesIn, toDiagnostic } from "./diagnostics.ts";
import type { JudgedFile } from "./folder.ts";

export const FIX_ALL = `${CodeActionKind.SourceFixAll}.godwit`;

/** What the client can do. */
export interface EditAbilities {
  readonly documentChanges: boolean;
  readonly snippets: boolean;
}

export interface Target {
  readonly uri: string;
  readonly version: number;
  readonly abilities: EditAbilities;
}

/** Is a kind among those that the client asked for? A kind stands for its sub-kinds too. */
export const wants = (only: readonly string[] | undefined, kind: string): boolean =>
  only?.some((asked) => asked === "" || kind === asked || kind.startsWith(`${asked}.`)) !== false;

/** For each finding its fix, and the comments that ignore it. */
export function quickFixes(
  judged: JudgedFile,
  placed: readonly Placed[],
  target: Target,
): readonly CodeAction[] {
  const text = judged.source.text ?? "";
  const ranges = rangesIn(text);
  return placed.flatMap((one): CodeAction[] => {
    const { finding } = one;
    const diagnostics = [toDiagnostic(one)];
    const edits = finding.fix.map((e) => ({
      range: ranges(e.start, e.end),
      newText: text.includes("\r\n") ? withDosLines(e.text) : e.text,
    }));
    const fix =
      judged.mayChange && edits.length > 0
        ? [
            {
              title: `Fix ${finding.rule}`,
              kind: CodeActionKind.QuickFix,
              diagnostics,
              isPreferred: true,
              edit: editOf(target, edits),
            },
          ]
        : [];
    return [...fix, ...ignores(judged, one, diagnostics, target)];
  });
}

/** A comment about a comment would not end. */
const isAboutIgnores = (rule: string): boolean => /(?:^|-)ignore(?:-|$)/.test(rule);

function ignores(
  { source }: JudgedFile,
  { finding, start, end }: Placed,
  diagnostics: Diagnostic[],
  target: Target,
): readonly CodeAction[] {
  if (isAboutIgnores(finding.rule)) return [];
  const text = source.text ?? "";
  const action = (where: string, comment: IgnoreComment | undefined): CodeAction[] =>
    comment === undefined
      ? []
      : [
          {
            title: `Ignore ${finding.rule} ${where}, with a reason`,
            kind: CodeActionKind.QuickFix,
            diagnostics,
            edit: editOf(target, [commentEdit(text, comment, target)]),
          },
        ];
  return [
    ...action("here", ignoreComment(text, statementsOf(source), finding.rule, { start, end })),
    ...action("in this file", ignoreInFile(text, finding.rule)),
  ];
}

function statementsOf({
  text = "",
  replaced,
}: JudgedFile["source"]): readonly { start: number; end: number }[] {
  const original = (offset: number): number => replaced?.toOriginal(offset) ?? offset;
  try {
    return [...splitStatements(replaced?.text ?? text)].map(({ start, end }) => ({
      start: original(start),
      end: original(end),
    }));
  } catch {
    // A text that cannot be split can only be ignored as a whole.
    return [];
  }
}

/** The reason is typed at the cursor; without snippets the comment has none yet, which lint finds in its turn. */
function commentEdit(text: string, comment: IgnoreComment, target: Target): TextEdit | SnippetTextEdit {
  const range = rangesIn(text)(comment.start, comment.end);
  if (!target.abilities.snippets) return { range, newText: comment.before + comment.after };
  const value = `${escaped(comment.before)}\${1:reason}${escaped(comment.after)}`;
  return { range, snippet: { kind: "snippet", value } };
}

const escaped = (text: string): string => text.replace(/[\\$}]/g, "\\$&");

/** The whole file mended, as one edit of what differs. */
export function fixAll(before: string, after: string, target: Target): readonly CodeAction[] {
  if (before === after) return [];
  const edit = difference(before, after);
  return [
    {
      title: "Fix all that godwit can fix in this file",
      kind: FIX_ALL,
      edit: editOf(target, [{ range: rangesIn(before)(edit.start, edit.end), newText: edit.text }]),
    },
  ];
}

/** Whole lines with their ends, so that no character is cut and none of the two of a line's end. */
function difference(before: string, after: string): { start: number; end: number; text: string } {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  start = start === 0 ? 0 : before.lastIndexOf("\n", start - 1) + 1;
  let same = 0;
  const most = Math.min(before.length, after.length) - start;
  while (same < most && before.at(-1 - same) === after.at(-1 - same)) same++;
  const lineBreak = before.indexOf("\n", before.length - same);
  const end = lineBreak === -1 ? before.length : lineBreak + 1;
  return { start, end, text: after.slice(start, after.length - (before.length - end)) };
}

function editOf(target: Target, edits: (TextEdit | SnippetTextEdit)[]): WorkspaceEdit {
  const { uri, version, abilities } = target;
  if (abilities.documentChanges) {
    const change: TextDocumentEdit = { textDocument: { uri, version }, edits };
    return { documentChanges: [change] };
  }
  return { changes: { [uri]: edits.filter((edit) => "newText" in edit) } };
}
