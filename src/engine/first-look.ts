// The first look of a run at its history. Where nothing of the run can change the history before that, the rows are
// asked for when the connection stands, so that the server works on the answer while the files are read; and migrate,
// which looks twice (it validates first), looks at the same answer. Who applies something looks again under its lock.
import type { States } from "../history/state.ts";
import { readRows } from "../history/table.ts";
import { statesOf } from "./common.ts";
import { type Engine, findHistory, type HistoryState, readHistory } from "./engine.ts";
import { watched } from "./watch.ts";

export interface Look {
  readonly history: HistoryState;
  readonly states: States;
}

/** A question that is on its way, and what became of it. */
export interface EarlyLook {
  readonly history: Promise<HistoryState>;
  look?: Look;
}

/** How long a run that has failed waits for an answer that nobody wants any more, before it calls the question off. */
const PATIENCE_MS = 500;

/** Asks, if there is a history. What goes wrong with the answer is told to whoever looks. */
export async function lookEarly(engine: Engine): Promise<EarlyLook | undefined> {
  const found = await findHistory(engine);
  if (found === undefined) return undefined;
  const history = readRows(engine.session, engine.history).then((rows) => ({ exists: true, ...found, rows }));
  history.catch(() => {});
  // The question leaves with the next turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  return { history };
}

/** Makes the connection free. */
export async function lookAway({ world, session }: Engine, early: EarlyLook): Promise<void> {
  const ended = new AbortController();
  const answer = early.history.catch(() => {}).finally(() => ended.abort());
  await world.sleep(PATIENCE_MS, ended.signal).catch(() => {});
  if (!ended.signal.aborted) await session.cancel();
  await answer;
}

/** History and states as they were when the run began; as they are now, where the run may have changed them since. */
export async function firstLook(engine: Engine): Promise<Look> {
  const { early } = engine;
  if (early?.look !== undefined) return early.look;
  if (early === undefined) return lookAgain(engine);
  const history = await watched(engine, () => early.history);
  early.look = { history, states: statesOf(engine, history.rows) };
  return early.look;
}

/** History and states as they are now. */
export async function lookAgain(engine: Engine): Promise<Look> {
  const history = await readHistory(engine);
  return { history, states: statesOf(engine, history.rows) };
}
