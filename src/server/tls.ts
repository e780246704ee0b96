// What sslmode and the certificate settings mean for a TLS handshake (PostgreSQL documentation, "SSL Support" in
// libpq; pgjdbc takes the same words).
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { GodwitError } from "../base/errors.ts";
import type { ConnectionTarget } from "../config/connection-target.ts";

/** How the first words to the server go. */
export type TlsUse = "never" | "if-offered" | "always";

/** The ways of one host, in the order they are tried. A Unix socket never has TLS. */
export function waysOf(target: ConnectionTarget, host: string): readonly TlsUse[] {
  if (host.startsWith("/")) return ["never"];
  switch (target.sslMode) {
    case "disable":
      return ["never"];
    case "allow":
      return ["never", "always"];
    case "prefer":
      return ["if-offered", "never"];
    case "require":
    case "verify-ca":
    case "verify-full":
      return ["always"];
  }
}

/** Reads the files. @throws GodwitError CONFIGURATION when one can't be read or is of no use. */
export function tlsOptions(target: ConnectionTarget): ConnectionOptions {
  return { ...trust(target), ...ownCertificate(target) };
}

function trust(target: ConnectionTarget): ConnectionOptions {
  const verifies = target.sslMode === "verify-ca" || target.sslMode === "verify-full";
  // require with a root certificate checks the chain, as libpq does.
  const checksChain = verifies || (target.sslMode === "require" && target.sslRootCert !== undefined);
  if (!checksChain) return { rejectUnauthorized: false };
  // Without a root certificate of one's own the public ones count; then the name is the only thing that tells servers
  // apart, so it is always checked (libpq insists on verify-full with sslrootcert=system).
  if (target.sslRootCert === undefined) return { rejectUnauthorized: true };
  const ca = certificates(target.sslRootCert, "sslrootcert");
  return target.sslMode === "verify-full"
    ? { rejectUnauthorized: true, ca }
    : { rejectUnauthorized: true, ca, checkServerIdentity: () => undefined };
}

function ownCertificate(target: ConnectionTarget): ConnectionOptions {
  const { sslCert, sslKey } = target;
  const passphrase = target.sslPassword?.reveal();
  const secret = passphrase === undefined ? {} : { passphrase };
  // pgjdbc takes certificate and key from one PKCS #12 file, named as the key.
  if (sslKey !== undefined && /\.(p12|pfx)$/i.test(sslKey))
    return { pfx: bytesOf(sslKey, "sslkey"), ...secret };
  return {
    ...(sslCert === undefined ? {} : { cert: certificates(sslCert, "sslcert") }),
    ...(sslKey === undefined ? {} : { key: privateKey(sslKey, passphrase), ...secret }),
  };
}

const isPem = (bytes: Buffer): boolean => bytes.includes("-----BEGIN ");

function certificates(path: string, setting: string): string {
  const bytes = bytesOf(path, setting);
  return isPem(bytes)
    ? bytes.toString("utf8")
    : usable(path, setting, () => new X509Certificate(bytes).toString());
}

/** PEM as it is; the DER form of PKCS #8 (.pk8), pgjdbc's own, is turned into PEM. */
function privateKey(path: string, passphrase: string | undefined): string | Buffer {
  const bytes = bytesOf(path, "sslkey");
  if (isPem(bytes)) return bytes;
  return usable(path, "sslkey", () =>
    createPrivateKey({
      key: bytes,
      format: "der",
      type: "pkcs8",
      ...(passphrase === undefined ? {} : { passphrase }),
    })
      .export({ format: "pem", type: "pkcs8" })
      .toString(),
  );
}

function bytesOf(path: string, setting: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new GodwitError("CONFIGURATION", `The file of ${setting} can't be read: ${path}.`, {
      advice: `Give ${setting} the path of a file that exists and that you may read, or leave it out.`,
      cause,
    });
  }
}

function usable<T>(path: string, setting: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new GodwitError("CONFIGURATION", `The file of ${setting} holds nothing usable: ${path}.`, {
      advice: `Give ${setting} a PEM file, and sslpassword if its key is encrypted.`,
      cause,
    });
  }
}
