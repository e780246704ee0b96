// The pgpass file: its lines and which of them fits a connection. Finding and reading the file is the
// caller's (connection.ts).

export interface PasswordLine {
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** `host:port:database:user:password` lines; `\:` and `\\` are escapes, `#` begins a comment. */
export function parsePgpass(text: string): readonly PasswordLine[] {
  const found: PasswordLine[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line === "" || line.startsWith("#")) continue;
    const [host, port, database, user, password] = splitFields(line);
    if (host === undefined || port === undefined || database === undefined) continue;
    if (user === undefined || password === undefined) continue;
    found.push({ host, port, database, user, password });
  }
  return found;
}

/** The first four colons separate; in the password a plain colon is a colon. */
function splitFields(line: string): readonly string[] {
  const fields: string[] = [];
  let field = "";
  for (let i = 0; i < line.length; i++) {
    const c = line[i] ?? "";
    if (c === "\\" && i + 1 < line.length) {
      i++;
      field += line[i];
    } else if (c === ":" && fields.length < 4) {
      fields.push(field);
      field = "";
    } else {
      field += c;
    }
  }
  fields.push(field);
  return fields;
}

export interface PasswordQuery {
  /** Host name or a socket directory; libpq looks the default socket directory up as `localhost`. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** The password of the first line that fits, as libpq does. */
export function findPassword(lines: readonly PasswordLine[], query: PasswordQuery): string | undefined {
  const fits = (field: string, value: string) => field === "*" || field === value;
  const hosts = query.host.startsWith("/") ? [query.host, "localhost"] : [query.host];
  return lines.find(
    (line) =>
      hosts.some((host) => fits(line.host, host)) &&
      fits(line.port, String(query.port)) &&
      fits(line.database, query.database) &&
      fits(line.user, query.user),
  )?.password;
}
