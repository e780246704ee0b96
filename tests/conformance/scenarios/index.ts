// All scenarios, in the order of their numbers.
import type { Scenario } from "../scenario.ts";
import { baseline } from "./baseline.ts";
import { basic } from "./basic.ts";
import { callbacks } from "./callbacks.ts";
import { clean } from "./clean.ts";
import { failures } from "./failures.ts";
import { locations } from "./locations.ts";
import { locking } from "./locking.ts";
import { repair } from "./repair.ts";
import { schemas } from "./schemas.ts";
import { scripts } from "./scripts.ts";
import { states } from "./states.ts";
import { transactions } from "./transactions.ts";

export const SCENARIOS: readonly Scenario[] = [
  ...basic,
  ...failures,
  ...transactions,
  ...locking,
  ...states,
  ...baseline,
  ...repair,
  ...clean,
  ...schemas,
  ...locations,
  ...scripts,
  ...callbacks,
];
