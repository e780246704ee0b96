// Accepted settings that Settings has no field for: those of single commands and of the command line. They are
// checked like the others and handed on as texts.
import type { Entry } from "./entry.ts";
import type { Merged } from "./merge.ts";
import type { Reader } from "./typed.ts";
import { type Decoded, decodeBool, decodeDuration, decodeEnum, decodeInt, decodeVersion } from "./values.ts";

/**
 * Texts by canonical key; lists are joined by commas. A secret (check.buildPassword) is there, but not
 * enumerable, so that printing or serialising the settings does not show it.
 */
export function readExtra(merged: Merged, reader: Reader): Readonly<Record<string, string>> {
  const known = reader.origins();
  const extra: Record<string, string> = {};
  for (const [key, entry] of merged.values) {
    if (key in known || entry.setting.ignored === true || isDiscovery(key)) continue;
    const value = readOne(key, entry, reader);
    if (value === undefined) continue;
    Object.defineProperty(extra, key, { value, enumerable: entry.setting.secret !== true });
  }
  return Object.freeze(extra);
}

/** What was needed to find the configuration; Settings has the outcome. */
function isDiscovery(key: string): boolean {
  return key === "configFiles" || key === "configFileEncoding" || key === "workingDirectory";
}

function readOne(key: string, entry: Entry, reader: Reader): string | undefined {
  // Flyway takes -outputType= for none.
  if (entry.setting.type === "enum" && entry.value === "") return undefined;
  const decode = decoderOf(entry);
  if (decode === undefined) return reader.raw(entry);
  const value = reader.one(key, decode);
  return value === undefined ? undefined : String(value);
}

function decoderOf({ setting }: Entry): ((text: string) => Decoded<string | number | boolean>) | undefined {
  const { type, values = [] } = setting;
  switch (type) {
    case "bool":
      return decodeBool;
    case "int":
      return (text) => decodeInt(text, Number.MIN_SAFE_INTEGER);
    case "enum":
      return (text) => decodeEnum(text, values);
    case "duration":
      return decodeDuration;
    case "version":
      return decodeVersion;
    default:
      return undefined;
  }
}
