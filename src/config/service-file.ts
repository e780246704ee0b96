// The connection service file (pg_service.conf): named sets of connection parameters.

/** The parameters of one service; undefined when the text has no such section. */
export function findService(text: string, name: string): ReadonlyMap<string, string> | undefined {
  let found: Map<string, string> | undefined;
  let inside = false;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("[")) {
      // libpq takes the first section of a name and stops at the next section.
      if (inside) return found;
      inside = line === `[${name}]`;
      if (inside) found = new Map();
      continue;
    }
    const equals = line.indexOf("=");
    if (inside && equals > 0) found?.set(line.slice(0, equals).trim(), line.slice(equals + 1).trim());
  }
  return found;
}
