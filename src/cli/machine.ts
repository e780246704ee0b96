// Output for programs, in one chunk that is loaded only when it is asked for.

export { errorJson, outcomesJson } from "../reports/json.ts";
export { errorLine, eventJson, outcomeLine, progressJson } from "../reports/json-lines.ts";
