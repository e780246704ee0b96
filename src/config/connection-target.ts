// Where and how to connect, after JDBC URL, libpq URL, settings, PG* variables, pgpass and service file have
// been read. A value; connecting is server/'s work.
import type { Secret } from "../base/secret.ts";

export type SslMode = "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full";

export interface HostPort {
  /** Host name, IP address, or a directory beginning with "/" (Unix socket). */
  readonly host: string;
  readonly port: number;
}

export interface ConnectionTarget {
  /** Tried in order. */
  readonly hosts: readonly HostPort[];
  readonly database: string;
  readonly user: string;
  readonly password: Secret | undefined;
  readonly sslMode: SslMode;
  /** Paths (absolute) of PEM files. */
  readonly sslRootCert: string | undefined;
  readonly sslCert: string | undefined;
  readonly sslKey: string | undefined;
  readonly sslPassword: Secret | undefined;
  readonly channelBinding: "disable" | "prefer" | "require";
  readonly applicationName: string;
  /** Milliseconds; 0 = no limit. */
  readonly connectTimeoutMs: number;
  readonly keepAlive: boolean;
  readonly targetSessionAttrs: "any" | "read-write" | "read-only" | "primary" | "standby" | "prefer-standby";
  /** The `options` start-up parameter (`-c name=value`). */
  readonly options: string | undefined;
  /** pgjdbc's `currentSchema`: becomes the session's search_path. */
  readonly currentSchema: string | undefined;
  readonly readOnly: boolean;
  /** The URL as the user wrote it, with user info and password-like parameters replaced by ********. */
  readonly displayUrl: string;
  /** A jdbc:postgresql: form without secrets, for FLYWAY_URL of script migrations. */
  readonly jdbcUrl: string;
  /** Things worth a warning that were met while reading (ignored JDBC properties and so on). */
  readonly warnings: readonly string[];
}
