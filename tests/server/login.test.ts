// Logging in over TCP: passwords, SCRAM, TLS in all its modes, client certificates. On a server of its own, since
// pg_hba.conf and roles are the whole server's.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { secret } from "../../src/base/secret.ts";
import type { ConnectionTarget, SslMode } from "../../src/config/connection-target.ts";
import { type EmbeddedServer, startEmbedded } from "../../src/server/embedded.ts";
import { type Certificates, hasOpenssl, makeCertificates } from "../support/certificates.ts";
import { open } from "../support/database.ts";
import { failureOf } from "../support/failure.ts";
import { testBinaries } from "../support/global-setup.ts";

const HBA = `
host      postgres  postgres   127.0.0.1/32  scram-sha-256
host      postgres  scramuser  127.0.0.1/32  scram-sha-256
host      postgres  md5user    127.0.0.1/32  md5
host      postgres  clear      127.0.0.1/32  password
host      postgres  trusted    127.0.0.1/32  trust
hostssl   postgres  certuser   127.0.0.1/32  cert
hostssl   postgres  tlsonly    127.0.0.1/32  trust
hostnossl postgres  plainonly  127.0.0.1/32  trust
host      postgres  refused    127.0.0.1/32  reject
`;

interface Place {
  readonly dir: string;
  readonly certificates: Certificates;
  /** With TLS. */
  readonly server: EmbeddedServer;
  /** Without. */
  readonly plain: EmbeddedServer;
}

if (!hasOpenssl)
  console.warn("Skipped: tests of TLS and passwords, as there is no openssl to make certificates with.");

describe.runIf(hasOpenssl)("logging in", () => {
  let place: Place;

  beforeAll(async () => {
    const dir = mkdtempSync(join(tmpdir(), "godwit-login-"));
    chmodSync(dir, 0o755);
    writeFileSync(join(dir, "pg_hba.conf"), HBA, { mode: 0o644 });
    const certificates = makeCertificates();
    const { ca, serverCert, serverKey } = certificates;
    const base = { mode: "scratch", transport: "tcp", ...testBinaries() } as const;
    const settings = { hba_file: join(dir, "pg_hba.conf") };
    const tls = { ssl: "on", ssl_ca_file: ca, ssl_cert_file: serverCert, ssl_key_file: serverKey };
    const [server, plain] = await Promise.all([
      startEmbedded({ ...base, settings: { ...settings, ...tls } }),
      startEmbedded({ ...base, settings }),
    ]);
    place = { dir, certificates, server, plain };
    for (const each of [server, plain]) {
      await using admin = await open(each.target);
      for (const name of ["trusted", "certuser", "tlsonly", "plainonly"])
        await admin.query(`create role ${name} login`);
      await admin.query("create role scramuser login password 'pässword'");
      await admin.query("create role clear login password 'secret'");
      await admin.query("set password_encryption = md5");
      await admin.query("create role md5user login password 'secret'");
    }
  });

  afterAll(async () => {
    await Promise.all([place.server.stop(), place.plain.stop()]);
    place.certificates[Symbol.dispose]();
    rmSync(place.dir, { recursive: true, force: true });
  });

  const as = (
    user: string,
    more: Partial<ConnectionTarget> = {},
    server = place.server,
  ): ConnectionTarget => ({
    ...server.target,
    user,
    password: undefined,
    channelBinding: "prefer",
    ...more,
  });
  const named = (host: string): Pick<ConnectionTarget, "hosts"> => ({
    hosts: place.server.target.hosts.map(({ port }) => ({ host, port })),
  });
  const isEncrypted = async (target: ConnectionTarget): Promise<boolean> => {
    await using s = await open(target);
    const [row] = await s.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
    return row?.["ssl"] === "t";
  };
  const messageOf = async (target: ConnectionTarget): Promise<string> => {
    const { sql } = await failureOf(open(target));
    return `${sql?.sqlState} ${sql?.message}`;
  };

  it.each([
    ["scramuser", "pässword", "disable"],
    ["scramuser", "pässword", "require"],
    ["md5user", "secret", "disable"],
    ["md5user", "secret", "require"],
    ["clear", "secret", "require"],
  ] as const)("takes the password of %s (%s, sslmode %s)", async (user, password, sslMode) => {
    const target = as(user, { password: secret(password), sslMode });
    expect(await isEncrypted(target)).toBe(sslMode === "require");
  });

  it("refuses a wrong password, an empty one and none at all, each in its words", async () => {
    for (const user of ["scramuser", "md5user", "clear"]) {
      const target = as(user, { password: secret("wrong") });
      expect(await messageOf(target)).toBe(`28P01 password authentication failed for user "${user}"`);
      expect(await messageOf(as(user))).toBe("08004 the server asks for a password and none is set");
    }
    const error = await failureOf(open(as("scramuser", { password: secret("hunter2") })));
    expect(error.advice).toBe(
      "Check the password of scramuser: flyway.password, FLYWAY_PASSWORD, the URL, PGPASSWORD or ~/.pgpass.",
    );
    expect(JSON.stringify([error, error.message, error.details])).not.toContain("hunter2");
  });

  it("binds the password to the channel where it can, and insists where it is told to", async () => {
    const password = secret("pässword");
    for (const channelBinding of ["disable", "prefer", "require"] as const) {
      expect(await isEncrypted(as("scramuser", { password, sslMode: "require", channelBinding }))).toBe(true);
    }
    const required = { channelBinding: "require" } as const;
    const refusal = "08004 channel binding is required, and this connection can't have it";
    expect(await messageOf(as("scramuser", { password, sslMode: "disable", ...required }))).toBe(refusal);
    expect(
      await messageOf(as("clear", { password: secret("secret"), sslMode: "require", ...required })),
    ).toBe(refusal);
    expect(await messageOf(as("trusted", { sslMode: "require", ...required }))).toBe(refusal);
  });

  it.each([
    ["disable", false, false],
    ["allow", false, false],
    ["prefer", true, false],
    ["require", true, undefined],
  ] as const)(
    "sslmode %s: encrypted %s with a server that can, %s with one that can't",
    async (sslMode, able, unable) => {
      expect(await isEncrypted(as("trusted", { sslMode }))).toBe(able);
      const other = as("trusted", { sslMode }, place.plain);
      if (unable === undefined) {
        expect(await messageOf(other)).toBe(`08004 sslmode is ${sslMode}, but the server offers no TLS`);
      } else expect(await isEncrypted(other)).toBe(unable);
    },
  );

  it("goes the other way where pg_hba.conf wants it, with allow and prefer only", async () => {
    expect(await isEncrypted(as("tlsonly", { sslMode: "allow" }))).toBe(true);
    expect(await isEncrypted(as("plainonly", { sslMode: "prefer" }))).toBe(false);
    const error = await failureOf(open(as("tlsonly", { sslMode: "disable" })));
    expect(error).toMatchObject({
      sql: { sqlState: "28000" },
      advice: "The server wants TLS for this user: set sslmode=require.",
    });
    expect((await failureOf(open(as("plainonly", { sslMode: "require" })))).sql?.sqlState).toBe("28000");
  });

  it("is refused with what may be done about it", async () => {
    const refused = await failureOf(open(as("refused")));
    expect(refused).toMatchObject({
      sql: { sqlState: "28000" },
      advice: expect.stringMatching(/^A line of pg_hba\.conf forbids this on purpose\./),
    });
    // TLS was tried, and cannot be had.
    expect((await failureOf(open(as("tlsonly", { sslMode: "prefer" }, place.plain)))).advice).toMatch(
      /^The server has no line for this in pg_hba\.conf, with TLS neither\./,
    );
  });

  it("checks the issuer with verify-ca, and the name too with verify-full", async () => {
    const { ca, caDer, strangerCa } = place.certificates;
    const at = (sslMode: SslMode, host: string, sslRootCert: string | undefined) =>
      as("trusted", { sslMode, sslRootCert, ...named(host) });
    expect(await isEncrypted(at("verify-ca", "127.0.0.1", ca))).toBe(true);
    expect(await isEncrypted(at("verify-ca", "127.0.0.1", caDer))).toBe(true);
    expect(await isEncrypted(at("verify-full", "localhost", ca))).toBe(true);
    expect(await isEncrypted(at("require", "127.0.0.1", ca))).toBe(true);
    for (const sslMode of ["require", "verify-ca", "verify-full"] as const) {
      const error = await failureOf(open(at(sslMode, "localhost", strangerCa)));
      expect(error).toMatchObject({
        sql: { sqlState: "08006" },
        advice: `Check that ${strangerCa} holds the issuer of the server's certificate.`,
      });
    }
    const wrongName = await failureOf(open(at("verify-full", "127.0.0.1", ca)));
    expect(wrongName).toMatchObject({
      sql: { sqlState: "08006" },
      advice:
        "Connect by a name that the certificate holds, or use sslmode=verify-ca if only the issuer matters.",
    });
    const noRoot = await failureOf(open(at("verify-ca", "localhost", undefined)));
    expect(noRoot).toMatchObject({
      sql: { sqlState: "08006" },
      advice:
        "Name the certificate of the issuer with sslrootcert, or use sslmode=require to encrypt without a check.",
    });
  });

  it("shows a client certificate, with its key in PEM, DER or encrypted", async () => {
    const { clientCert, clientKey, clientKeyDer, clientKeyEncrypted } = place.certificates;
    const sslMode = "require";
    const target = as("certuser", { sslMode, sslCert: clientCert, sslKey: clientKey });
    expect(await isEncrypted(target)).toBe(true);
    expect(await isEncrypted({ ...target, sslKey: clientKeyDer })).toBe(true);
    expect(await isEncrypted({ ...target, sslKey: clientKeyEncrypted, sslPassword: secret("secret") })).toBe(
      true,
    );
    expect((await failureOf(open(as("certuser", { sslMode })))).sql?.sqlState).toBe("28000");
  });

  it("says which certificate file can't be read", async () => {
    const target = as("trusted", { sslMode: "verify-full", sslRootCert: "/nowhere/root.crt" });
    expect(await failureOf(open(target))).toMatchObject({
      code: "CONFIGURATION",
      message: "The file of sslrootcert can't be read: /nowhere/root.crt.",
    });
  });

  it("cancels over TLS too", async () => {
    await using s = await open(as("tlsonly", { sslMode: "require" }));
    const running = s.pipeline(["select pg_sleep(300)"]);
    await s.cancel();
    expect(await running).toMatchObject([{ error: { sqlState: "57014" } }]);
  });
});
