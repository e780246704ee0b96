// report.html of check -code: one page without scripts and without anything from elsewhere. Every value is escaped.
import type { CodeReviewOutcome, LintFinding } from "../lint/finding.ts";
import { type RuleCount, ruleCounts } from "./code-review.ts";
import { escapeMarkup as text } from "./escape.ts";
import { harmless } from "./width.ts";
import { count } from "./words.ts";

/** A result of another verb in the same report file. */
export interface OtherResult {
  readonly operation: string;
  readonly timestamp: string;
}

export function codeReviewHtml(outcome: CodeReviewOutcome, others: readonly OtherResult[]): string {
  const { lint } = outcome;
  const files = [...new Set(lint.findings.map((f) => f.file))];
  const title = `Code review: ${count(lint.findings.length, "finding")}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#findings">To the findings</a>
<header>
<h1>Code review</h1>
<p>Last updated <time datetime="${text(outcome.timestamp)}">${text(outcome.timestamp.replace("T", " ").slice(0, 19))}</time> by godwit ${text(lint.version)}</p>
</header>
<main>
${summary(outcome, files.length)}
${contents(files, lint.findings)}
<div id="findings">
${files.map((file, i) => fileSection(outcome, file, i)).join("\n")}
</div>
${otherResults(others)}
</main>
</body>
</html>
`;
}

function summary(outcome: CodeReviewOutcome, withFindings: number): string {
  const { errors, warnings, infos, files, suppressed, baselined } = outcome.lint.summary;
  const boxes = [
    ["error", errors, errors === 1 ? "error" : "errors"],
    ["warning", warnings, warnings === 1 ? "warning" : "warnings"],
    ["info", infos, "for information"],
    ["plain", files, `${files === 1 ? "file" : "files"} reviewed, ${withFindings} with findings`],
    ...(suppressed + baselined === 0
      ? []
      : [["plain", suppressed + baselined, "suppressed or known to the baseline"] as const]),
  ] as const;
  const list = boxes.map(
    ([kind, n, label]) =>
      `<li class="${n === 0 ? "plain" : kind}"><strong>${n}</strong> <span>${text(label)}</span></li>`,
  );
  const rows = ruleCounts(outcome);
  return `<section aria-labelledby="summary">
<h2 id="summary">Summary</h2>
<ul class="boxes">
${list.join("\n")}
</ul>
${rows.length === 0 ? "<p>Nothing found.</p>" : table(rows)}
</section>`;
}

const table = (
  rows: readonly RuleCount[],
): string => `<div class="wide" role="region" aria-label="Findings by rule" tabindex="0">
<table>
<caption>Findings by rule</caption>
<thead><tr><th scope="col">Engine</th><th scope="col">Rule</th><th scope="col">Findings</th><th scope="col">Severity</th></tr></thead>
<tbody>
${rows
  .map(
    (r) =>
      `<tr><td>${text(r.engine)}</td><th scope="row"><code>${text(r.code)}</code></th><td class="number">${r.count}</td><td>${badge(r.severity === "Error" ? "error" : "warning", r.severity)}</td></tr>`,
  )
  .join("\n")}
</tbody>
</table>
</div>`;

function contents(files: readonly string[], findings: readonly LintFinding[]): string {
  if (files.length < 2) return "";
  const rows = files.map(
    (file, i) =>
      `<li><a href="#file-${i + 1}">${text(harmless(file))}</a> <span class="dim">${count(findings.filter((f) => f.file === file).length, "finding")}</span></li>`,
  );
  return `<nav aria-labelledby="files">
<h2 id="files">Files</h2>
<ol>
${rows.join("\n")}
</ol>
</nav>`;
}

function fileSection({ lint }: CodeReviewOutcome, file: string, index: number): string {
  const findings = lint.findings.filter((f) => f.file === file);
  const lines = (lint.sources.get(file) ?? "").split(/\r?\n/);
  return `<section aria-labelledby="file-${index + 1}">
<h2 id="file-${index + 1}"><code>${text(harmless(file))}</code></h2>
${findings.map((f) => article(f, lines)).join("\n")}
</section>`;
}

function article(finding: LintFinding, lines: readonly string[]): string {
  const { clause, column, endLine, help, line, message, rule, severity } = finding;
  const parts = [["Instead", help], ...(clause === null ? [] : [["Guide", clause] as const])] as const;
  return `<article>
<h3>${badge(severity, severity)} <code>${text(rule)}</code> <span class="dim">line ${line}, column ${column}</span></h3>
<p>${text(harmless(message))}</p>
${excerpt(lines, line, endLine)}
<dl>
${parts.map(([term, value]) => `<dt>${term}</dt><dd>${text(harmless(value))}</dd>`).join("\n")}
</dl>
</article>`;
}

/** More lines than these say no more, and a seed file may hold megabytes in one. */
const MOST_LINES = 8;
const MOST_CHARACTERS = 300;

function excerpt(lines: readonly string[], from: number, to: number): string {
  const first = Math.max(1, from - 1);
  const last = Math.min(lines.length, Math.max(from, to), from + MOST_LINES - 1);
  const rows = lines.slice(first - 1, last).map((row, i) => {
    const number = first + i;
    const cut = row.length > MOST_CHARACTERS ? `${row.slice(0, MOST_CHARACTERS)}…` : row;
    const shown = `<span class="gutter">${number}</span>${text(cut)}`;
    return number >= from ? `<span class="hit">${shown}</span>` : shown;
  });
  return rows.length === 0
    ? ""
    : `<pre tabindex="0" aria-label="Lines ${first} to ${last}">${rows.join("\n")}</pre>`;
}

/** Named by its word and its shape, not by colour alone. */
const badge = (kind: string, label: string): string => `<span class="badge ${kind}">${text(label)}</span>`;

function otherResults(others: readonly OtherResult[]): string {
  if (others.length === 0) return "";
  const rows = others.map(
    ({ operation, timestamp }) =>
      `<li><code>${text(operation)}</code> <span class="dim">${text(timestamp)}</span></li>`,
  );
  return `<section aria-labelledby="others">
<h2 id="others">Also in this report</h2>
<p>Results of other commands, in full in the JSON file beside this page:</p>
<ul>
${rows.join("\n")}
</ul>
</section>`;
}

/** Contrast of text is at least 4.5 to 1 in both schemes (WCAG 2.2, 1.4.3). */
const STYLE = `
:root { --paper: #ffffff; --ink: #1c1e21; --dim: #5a6068; --line: #d5d9de; --wash: #f5f6f8;
  --error: #b3261e; --warning: #7a5200; --info: #0b5cad; --hit: #fff3c4; }
@media (prefers-color-scheme: dark) { :root { --paper: #16181b; --ink: #e6e8ea; --dim: #a3a9b1; --line: #3a3f45;
  --wash: #1f2226; --error: #ff8a80; --warning: #f5c451; --info: #8ec5ff; --hit: #3d3413; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 2rem 0 .5rem; font-size: 1.2rem; overflow-wrap: anywhere; }
h2 code { font-size: 1.1rem; } h3 { margin: 0 0 .25rem; font-size: 1rem; font-weight: 600; } p { margin: .25rem 0; }
code, pre { font: .9rem/1.5 ui-monospace, Menlo, Consolas, monospace; }
a { color: var(--info); } :focus-visible { outline: 2px solid var(--info); outline-offset: 2px; }
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: 1rem; padding: .5rem; background: var(--paper); }
.dim, header p { color: var(--dim); font-weight: 400; }
.boxes { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 0 1rem; padding: 0; list-style: none; }
.boxes li { min-width: 7rem; padding: .5rem .75rem; border: 1px solid var(--line); border-left: 4px solid var(--line); border-radius: 4px; }
.boxes strong { display: block; font-size: 1.4rem; } .boxes span { color: var(--dim); }
.boxes .error { border-left-color: var(--error); } .boxes .warning { border-left-color: var(--warning); }
.boxes .info { border-left-color: var(--info); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--dim); padding-bottom: .25rem; }
th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; font-weight: 400; }
thead th { font-weight: 600; } .number { font-variant-numeric: tabular-nums; }
.badge { padding: .05rem .4rem; border: 1px solid currentColor; border-radius: 3px; font-size: .85rem; }
.badge.error { color: var(--error); border-width: 2px; font-weight: 700; } .badge.warning { color: var(--warning); }
.badge.info { color: var(--info); border-style: dashed; }
article { margin: .75rem 0; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: 4px; }
pre { margin: .5rem 0; padding: .5rem 0; overflow-x: auto; background: var(--wash); border-radius: 4px; }
.hit { display: inline-block; min-width: 100%; background: var(--hit); }
.gutter { display: inline-block; width: 3.5rem; padding-right: .75rem; text-align: right; color: var(--dim); user-select: none; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .75rem; margin: 0; }
dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; }
@media print { body { max-width: none; } article { break-inside: avoid; } }
`;
