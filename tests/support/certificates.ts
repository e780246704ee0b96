// A private certificate authority for tests of TLS: one for the server, one for a client, and a stranger's.
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unprivilegedUser } from "../../src/server/embedded-user.ts";

export interface Certificates extends Disposable {
  readonly dir: string;
  readonly ca: string;
  readonly serverCert: string;
  readonly serverKey: string;
  readonly clientCert: string;
  readonly clientKey: string;
  /** The client's key as unencrypted PKCS #8 in DER, as pgjdbc wants it. */
  readonly clientKeyDer: string;
  /** The client's key, encrypted with "secret". */
  readonly clientKeyEncrypted: string;
  /** The authority in DER. */
  readonly caDer: string;
  /** An authority that signed nothing. */
  readonly strangerCa: string;
}

export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** The server's certificate is for the name localhost, not for an address; the client's for the role certuser. */
export function makeCertificates(): Certificates {
  const dir = mkdtempSync(join(tmpdir(), "godwit-tls-"));
  chmodSync(dir, 0o755);
  const file = (name: string): string => join(dir, name);
  authority(dir, "ca");
  authority(dir, "stranger");
  signed(dir, "server", "localhost", "subjectAltName=DNS:localhost");
  signed(dir, "client", "certuser", "extendedKeyUsage=clientAuth");
  openssl([
    "pkcs8",
    "-topk8",
    "-nocrypt",
    "-in",
    file("client.key"),
    "-outform",
    "DER",
    "-out",
    file("client.pk8"),
  ]);
  openssl([
    "pkcs8",
    "-topk8",
    "-passout",
    "pass:secret",
    "-in",
    file("client.key"),
    "-out",
    file("client.enc"),
  ]);
  openssl(["x509", "-in", file("ca.crt"), "-outform", "DER", "-out", file("ca.der")]);
  const user = unprivilegedUser();
  chmodSync(file("server.key"), 0o600);
  if (user !== undefined) chownSync(file("server.key"), user.uid, user.gid);
  return {
    dir,
    ca: file("ca.crt"),
    serverCert: file("server.crt"),
    serverKey: file("server.key"),
    clientCert: file("client.crt"),
    clientKey: file("client.key"),
    clientKeyDer: file("client.pk8"),
    clientKeyEncrypted: file("client.enc"),
    caDer: file("ca.der"),
    strangerCa: file("stranger.crt"),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

function authority(dir: string, name: string): void {
  openssl([
    ...["req", "-x509", ...NEW_KEY, "-days", "30", "-subj", `/CN=${name}`],
    ...["-keyout", join(dir, `${name}.key`), "-out", join(dir, `${name}.crt`)],
  ]);
}

function signed(dir: string, name: string, commonName: string, extension: string): void {
  const file = (end: string): string => join(dir, `${name}.${end}`);
  openssl([
    "req",
    "-new",
    ...NEW_KEY,
    "-subj",
    `/CN=${commonName}`,
    "-keyout",
    file("key"),
    "-out",
    file("csr"),
  ]);
  writeFileSync(file("ext"), `${extension}\n`);
  openssl([
    ...["x509", "-req", "-in", file("csr"), "-days", "30", "-extfile", file("ext"), "-out", file("crt")],
    ...["-CA", join(dir, "ca.crt"), "-CAkey", join(dir, "ca.key"), "-CAcreateserial"],
  ]);
}

function openssl(args: readonly string[]): void {
  const { status, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
}
