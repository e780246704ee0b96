// The contract for running script migrations and script callbacks (.sh, .py, ...). Starting processes is the
// caller's business, so that tests and the library can give their own.

export interface ProcessResult {
  readonly exitCode: number;
  /** Standard output and standard error as they came, merged. */
  readonly output: string;
}

export interface ProcessRequest {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly signal: AbortSignal | undefined;
  readonly onOutput?: (text: string) => void;
}

export type ProcessRunner = (request: ProcessRequest) => Promise<ProcessResult>;
