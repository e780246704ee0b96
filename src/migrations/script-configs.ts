// Which `.conf` belongs to which script, and which encoding a file has after all settings. What a `.conf` may say is
// config/script-config.ts.
import type { Settings } from "../config/settings.ts";
import { type Charset, charsetNamed } from "./encoding.ts";
import type { ScannedFile, ScriptConfig } from "./migration.ts";
import { detectCharset, readRawText } from "./read.ts";

/** Reads the text of a `<script>.conf`; `file` is its path as messages call it. */
export type ReadScriptConfig = (text: string, file: string) => ScriptConfig;

/** What a file without `.conf` has. */
export const NO_SCRIPT_CONFIG: ScriptConfig = Object.freeze({
  executeInTransaction: undefined,
  placeholderReplacement: undefined,
  encoding: undefined,
  shouldExecute: undefined,
});

export interface FileFacts {
  readonly configOf: (file: ScannedFile) => ScriptConfig;
  readonly charsetOf: (file: ScannedFile, config: ScriptConfig) => Charset;
}

/** Facts about files that were scanned together: their `.conf` files are looked for among them. */
export function fileFacts(
  files: readonly ScannedFile[],
  settings: Pick<Settings, "encoding" | "detectEncoding">,
  read: ReadScriptConfig,
): FileFacts {
  const encoding = charsetNamed(settings.encoding, "The setting encoding");
  const charsetOf = (file: ScannedFile, config: ScriptConfig): Charset => {
    if (config.encoding !== undefined) {
      return charsetNamed(config.encoding, `encoding in ${file.configuredPath}.conf`);
    }
    return settings.detectEncoding ? detectCharset(file) : encoding;
  };
  const configs = configFiles(files);
  if (configs === undefined) return { configOf: () => NO_SCRIPT_CONFIG, charsetOf };
  return {
    configOf: (file) => {
      const config =
        configs.byPath.get(`${file.path}.conf`) ?? configs.byScript.get(`${file.script}.conf`.toLowerCase());
      if (config === undefined) return NO_SCRIPT_CONFIG;
      const text = readRawText(config, charsetOf(config, NO_SCRIPT_CONFIG));
      return read(text.startsWith("\ufeff") ? text.slice(1) : text, config.configuredPath);
    },
    charsetOf,
  };
}

/** The last letter is looked at first: nearly every file is told apart by it. */
const isConf = (name: string): boolean =>
  (name.endsWith("f") || name.endsWith("F")) && name.toLowerCase().endsWith(".conf") && name.length > 5;

/**
 * By path, because the one beside the script is the one that is meant, and by script without regard to case, because
 * Flyway looks there too: a `.conf` in one location may speak about a script in another.
 */
function configFiles(files: readonly ScannedFile[]) {
  const found = files.filter(({ name }) => isConf(name));
  if (found.length === 0) return undefined;
  return {
    byPath: new Map(found.map((file) => [file.path, file])),
    byScript: new Map(found.map((file) => [file.script.toLowerCase(), file])),
  };
}
