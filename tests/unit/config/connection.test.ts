import { describe, expect, it } from "vitest";
import { GodwitError } from "../../../src/base/errors.ts";
import { type ConnectionSource, readConnection } from "../../../src/config/connection.ts";
import type { ConnectionTarget } from "../../../src/config/connection-target.ts";
import { displayUrl } from "../../../src/config/parsed-url.ts";
import { findPassword, parsePgpass } from "../../../src/config/pgpass.ts";
import { findService } from "../../../src/config/service-file.ts";
import { type MemoryTree, memoryFiles } from "./memory-files.ts";

type Given = Partial<Omit<ConnectionSource, "files">> & { readonly files?: MemoryTree };

function connect({ files = {}, ...given }: Given): ConnectionTarget | undefined {
  return readConnection({
    url: undefined,
    user: undefined,
    password: undefined,
    jdbcProperties: {},
    env: {},
    directory: "/p",
    home: "/home/u",
    osUser: "u",
    windows: false,
    ...given,
    files: memoryFiles(files),
  });
}

/** Asserted whole: what differs from a plain connection to localhost. */
function expectTarget(
  given: Given,
  expected: Omit<Partial<ConnectionTarget>, "password"> & { password?: string },
) {
  const target = connect(given);
  if (target === undefined) throw new Error("no target");
  const { password, sslPassword, displayUrl: _, jdbcUrl: __, ...rest } = target;
  const { password: expectedPassword, ...others } = expected;
  expect(password?.reveal()).toBe(expectedPassword);
  expect(sslPassword).toBeUndefined();
  expect(rest).toEqual({
    hosts: [{ host: "localhost", port: 5432 }],
    database: "u",
    user: "u",
    sslMode: "prefer",
    sslRootCert: undefined,
    sslCert: undefined,
    sslKey: undefined,
    channelBinding: "prefer",
    applicationName: "godwit",
    connectTimeoutMs: 10_000,
    keepAlive: true,
    targetSessionAttrs: "any",
    options: undefined,
    currentSchema: undefined,
    readOnly: false,
    warnings: [],
    ...others,
  });
}

function failure(given: Given): GodwitError {
  try {
    connect(given);
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("no failure");
}

const host = (name: string, port = 5432) => ({ host: name, port });

describe("JDBC URLs", () => {
  it.each<[string, Parameters<typeof expectTarget>[1]]>([
    ["jdbc:postgresql:app", { database: "app" }],
    ["jdbc:postgresql:/", {}],
    ["jdbc:postgresql:/app", { database: "app" }],
    ["jdbc:postgresql://h/app", { hosts: [host("h")], database: "app" }],
    ["jdbc:postgresql://h:5433/app", { hosts: [host("h", 5433)], database: "app" }],
    ["jdbc:postgresql://h:5433/", { hosts: [host("h", 5433)] }],
    ["jdbc:postgresql://h", { hosts: [host("h")] }],
    ["jdbc:postgresql:///app", { database: "app" }],
    ["jdbc:postgresql://:5433/app", { hosts: [host("localhost", 5433)], database: "app" }],
    [
      "jdbc:postgresql://a:1,b,[::1]:3/app",
      { hosts: [host("a", 1), host("b"), host("::1", 3)], database: "app" },
    ],
    ["jdbc:postgresql://[fe80::1]/app", { hosts: [host("fe80::1")], database: "app" }],
    ["jdbc:postgresql://h/my%20db%2B+x", { hosts: [host("h")], database: "my db+ x" }],
    ["JDBC:PostgreSQL://h/app", { hosts: [host("h")], database: "app" }],
    ["jdbc:p6spy:postgresql://h/app", { hosts: [host("h")], database: "app" }],
    ["jdbc:aws-wrapper:postgresql://h/app?wrapperPlugins=iam", { hosts: [host("h")], database: "app" }],
    [
      "jdbc:postgresql://h/app?user=a&password=p%26q",
      { hosts: [host("h")], database: "app", user: "a", password: "p&q" },
    ],
    ["jdbc:postgresql://a:p%40@h/app", { hosts: [host("h")], database: "app", user: "a", password: "p@" }],
    ["jdbc:postgresql:app?ssl=true", { database: "app", sslMode: "verify-full" }],
    ["jdbc:postgresql:app?ssl", { database: "app", sslMode: "verify-full" }],
    ["jdbc:postgresql:app?ssl=false", { database: "app" }],
    ["jdbc:postgresql:app?ssl=true&sslmode=require", { database: "app", sslMode: "require" }],
    [
      "jdbc:postgresql:app?ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory",
      { database: "app", sslMode: "require" },
    ],
    [
      "jdbc:postgresql:app?sslmode=verify-ca&sslrootcert=ca.pem&sslcert=/c/c.pem&sslkey=/c/k.pem",
      {
        database: "app",
        sslMode: "verify-ca",
        sslRootCert: "/p/ca.pem",
        sslCert: "/c/c.pem",
        sslKey: "/c/k.pem",
      },
    ],
    ["jdbc:postgresql:app?currentSchema=a,b", { database: "app", currentSchema: "a,b" }],
    ["jdbc:postgresql:app?options=-c%20work_mem=1MB", { database: "app", options: "-c work_mem=1MB" }],
    ["jdbc:postgresql:app?ApplicationName=x", { database: "app", applicationName: "x" }],
    ["jdbc:postgresql:app?connectTimeout=3", { database: "app", connectTimeoutMs: 3000 }],
    ["jdbc:postgresql:app?loginTimeout=4", { database: "app", connectTimeoutMs: 4000 }],
    ["jdbc:postgresql:app?tcpKeepAlive=false", { database: "app", keepAlive: false }],
    ["jdbc:postgresql:app?targetServerType=primary", { database: "app", targetSessionAttrs: "primary" }],
    [
      "jdbc:postgresql:app?targetServerType=preferSecondary",
      { database: "app", targetSessionAttrs: "prefer-standby" },
    ],
    ["jdbc:postgresql:app?readOnly=true", { database: "app", readOnly: true }],
    ["jdbc:postgresql:app?prepareThreshold=0&reWriteBatchedInserts=true", { database: "app" }],
    [
      "jdbc:postgresql:app?socketFactory=org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg&socketFactoryArg=/run/pg/.s.PGSQL.5433",
      { database: "app", hosts: [host("/run/pg", 5433)] },
    ],
    [
      "jdbc:postgresql:app?socketTimeout=30&foo=1",
      {
        database: "app",
        warnings: [
          "The JDBC property socketTimeout is not applied: it would cut off long statements. Use statementTimeout.",
          "The JDBC property foo is not known to godwit and is ignored.",
        ],
      },
    ],
    [
      "jdbc:postgresql:app?sslkey=/k.pk8",
      {
        database: "app",
        sslKey: "/k.pk8",
        warnings: ["The key /k.pk8 must be in PEM form; godwit does not read PKCS#8 DER or PKCS#12 files."],
      },
    ],
  ])("%s", (url, expected) => {
    expectTarget({ url }, expected);
  });

  it("take user, password and properties of the settings", () => {
    expectTarget(
      {
        url: "jdbc:postgresql:app",
        user: "a",
        password: "p",
        jdbcProperties: { user: "x", SSLMODE: "require" },
      },
      { database: "app", user: "a", password: "p", sslMode: "require" },
    );
  });

  it("win over user, password and properties of the settings, which is told", () => {
    expectTarget(
      {
        url: "jdbc:postgresql:app?user=a&password=p&sslmode=disable",
        user: "b",
        password: "q",
        jdbcProperties: { sslmode: "require" },
      },
      {
        database: "app",
        user: "a",
        password: "p",
        sslMode: "disable",
        warnings: [
          "The URL names the user a, so the setting user=b has no effect.",
          "The URL holds a password, so the setting password has no effect.",
        ],
      },
    );
  });

  it("are not led elsewhere by PG variables, which fill in the rest", () => {
    const env = {
      PGHOST: "other",
      PGPORT: "1",
      PGDATABASE: "other",
      PGSERVICE: "other",
      PGUSER: "pguser",
      PGPASSWORD: "pgpw",
      PGSSLMODE: "require",
    };
    expectTarget(
      { url: "jdbc:postgresql:app", env },
      { database: "app", user: "pguser", password: "pgpw", sslMode: "require" },
    );
  });

  it.each([
    [
      "jdbc:mysql://h/db?password=x",
      "godwit does not speak the database of jdbc:mysql://h/db?password=********.",
    ],
    ["jdbc:h2:mem", "godwit does not speak the database of jdbc:h2:mem."],
    ["mysql://u:p@h/db", "godwit does not speak the database of mysql://********@h/db."],
    ["jdbc:tc:postgresql:16:///db", "godwit does not speak the database of jdbc:tc:postgresql:16:///db."],
  ])("%s is of another database", (url, message) => {
    const error = failure({ url });
    expect([error.code, error.message]).toEqual(["JDBC_DRIVER", message]);
  });

  it.each([
    [
      "jdbc:postgresql://h:x/db",
      "the URL jdbc:postgresql://******** cannot be read: the port is not a number from 1 to 65535.",
    ],
    [
      "jdbc:postgresql://h:70000/db",
      "the URL jdbc:postgresql://h:70000/db cannot be read: the port is not a number from 1 to 65535.",
    ],
    [
      "jdbc:postgresql://::1/db",
      "the URL jdbc:postgresql://******** cannot be read: an IPv6 address must stand in brackets.",
    ],
    [
      "jdbc:postgresql://[::1/db",
      "the URL jdbc:postgresql://******** cannot be read: an IPv6 address needs its closing bracket, and then nothing or a port.",
    ],
    [
      "jdbc:postgresql:db?password=%zz",
      "the URL jdbc:postgresql:db?password=******** cannot be read: a % in it is not followed by two hexadecimal digits; write % itself as %25.",
    ],
    ["nonsense", "the URL nonsense cannot be read: it is neither a URL nor a connection string."],
    [
      "jdbc:postgresql:db?sslmode=on",
      "The connection's sslmode is on, which is none of disable, allow, prefer, require, verify-ca, verify-full.",
    ],
    [
      "jdbc:postgresql:db?connectTimeout=soon",
      "The connection's connect_timeout is soon, which is no number of seconds.",
    ],
    [
      "jdbc-secretsmanager:postgresql://h/db",
      "jdbc-secretsmanager:postgresql://h/db takes user and password from AWS Secrets Manager, which godwit does not read yet.",
    ],
  ])("%s cannot be read", (url, message) => {
    const error = failure({ url });
    expect([error.code, error.message]).toEqual(["CONFIGURATION", message]);
  });
});

describe("libpq URLs", () => {
  it.each<[string, Parameters<typeof expectTarget>[1]]>([
    ["postgresql://h/app", { hosts: [host("h")], database: "app" }],
    ["postgres://h:5433/app", { hosts: [host("h", 5433)], database: "app" }],
    ["postgresql+psycopg2://h/app", { hosts: [host("h")], database: "app" }],
    ["postgresql://", {}],
    ["postgresql://a:p%40q%2F@h/app", { hosts: [host("h")], database: "app", user: "a", password: "p@q/" }],
    ["postgresql://a:p@q/r@h/app", { hosts: [host("q")], database: "r@h/app", user: "a", password: "p" }],
    ["postgresql://a@h", { hosts: [host("h")], database: "a", user: "a" }],
    [
      "postgresql://h1:1,h2,[::1]:3/app",
      { hosts: [host("h1", 1), host("h2"), host("::1", 3)], database: "app" },
    ],
    ["postgresql://%2Frun%2Fpg/app", { hosts: [host("/run/pg")], database: "app" }],
    ["postgresql://%2Frun%2Fpg:5433/app", { hosts: [host("/run/pg", 5433)], database: "app" }],
    ["postgresql:///app?host=/run/pg&port=5433", { hosts: [host("/run/pg", 5433)], database: "app" }],
    ["postgresql:///?dbname=app&user=a", { database: "app", user: "a" }],
    ["postgresql://h/app?ssl=true", { hosts: [host("h")], database: "app", sslMode: "require" }],
    [
      "postgresql://h/app?sslmode=require&sslrootcert=/ca.pem",
      { hosts: [host("h")], database: "app", sslMode: "verify-ca", sslRootCert: "/ca.pem" },
    ],
    [
      "postgresql://h/app?sslrootcert=system",
      { hosts: [host("h")], database: "app", sslMode: "verify-full" },
    ],
    ["postgresql://h/app?connect_timeout=0", { hosts: [host("h")], database: "app", connectTimeoutMs: 0 }],
    [
      "postgresql://h/app?application_name=a%20b",
      { hosts: [host("h")], database: "app", applicationName: "a b" },
    ],
    ["postgresql://h/app?options=-c%20a=b+c", { hosts: [host("h")], database: "app", options: "-c a=b+c" }],
    [
      "postgresql://h/app?target_session_attrs=read-write",
      { hosts: [host("h")], database: "app", targetSessionAttrs: "read-write" },
    ],
    [
      "postgresql://h/app?channel_binding=require&keepalives=0",
      { hosts: [host("h")], database: "app", channelBinding: "require", keepAlive: false },
    ],
    [
      "postgresql://h/app?schema=x&gssencmode=disable",
      {
        hosts: [host("h")],
        database: "app",
        warnings: ["The URL's parameter schema is not known to godwit and is ignored."],
      },
    ],
    [
      "postgresql://h/app?connectTimeout=2",
      {
        hosts: [host("h")],
        database: "app",
        warnings: [
          "The URL's parameter connectTimeout is not known to godwit and is ignored. Did you mean connect_timeout?",
        ],
      },
    ],
    [
      "host=h dbname=app user=a password='it''s'",
      { hosts: [host("h")], database: "app", user: "a", password: "it" },
    ],
    [
      "host = h  port=5433 dbname='my db' password='it\\'s\\\\'",
      { hosts: [host("h", 5433)], database: "my db", password: "it's\\" },
    ],
    ["hostaddr=10.0.0.1 dbname=app", { hosts: [host("10.0.0.1")], database: "app" }],
    ["host=a,b port=1,2 dbname=app", { hosts: [host("a", 1), host("b", 2)], database: "app" }],
    ["host=a,b port=1 dbname=app", { hosts: [host("a", 1), host("b", 1)], database: "app" }],
  ])("%s", (url, expected) => {
    if (url.includes("it''s")) expect(failure({ url }).code).toBe("CONFIGURATION");
    else expectTarget({ url }, expected);
  });

  it.each([
    [
      "postgresql://h/app?sslmode",
      "the URL postgresql://h/app?sslmode cannot be read: the parameter sslmode has no value.",
    ],
    ["host=h password='x", "the URL host=h password=******** cannot be read: a quote is not closed."],
    [
      "host=h dbname",
      "the URL host=h dbname cannot be read: every keyword needs an equals sign and a value.",
    ],
    ["host=a,b,c port=1,2", "The connection names 3 hosts but 2 ports."],
    ["host=a port=x", "The connection's port is x, which is no number from 1 to 65535."],
  ])("%s cannot be read", (url, message) => {
    expect(failure({ url }).message).toBe(message);
  });
});

describe("PG variables", () => {
  it("make no connection when none of them says where the database is", () => {
    expect(
      connect({ env: { PGUSER: "a", PGPASSWORD: "p", PGPORT: "5433", PGHOST: "" }, user: "x" }),
    ).toBeUndefined();
  });

  it("make a connection without a URL", () => {
    const env = {
      PGHOST: "h1,h2",
      PGPORT: "5433",
      PGUSER: "a",
      PGPASSWORD: "p",
      PGDATABASE: "app",
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: "/ca.pem",
      PGSSLCERT: "/c.pem",
      PGSSLKEY: "/k.pem",
      PGAPPNAME: "name",
      PGOPTIONS: "-c a=b",
      PGCONNECT_TIMEOUT: "2",
      PGTARGETSESSIONATTRS: "primary",
    };
    expectTarget(
      { env },
      {
        hosts: [host("h1", 5433), host("h2", 5433)],
        database: "app",
        user: "a",
        password: "p",
        sslMode: "verify-full",
        sslRootCert: "/ca.pem",
        sslCert: "/c.pem",
        sslKey: "/k.pem",
        applicationName: "name",
        options: "-c a=b",
        connectTimeoutMs: 2000,
        targetSessionAttrs: "primary",
      },
    );
    expect(connect({ env })?.displayUrl).toBe("postgresql://h1:5433,h2:5433/app");
  });

  it.each([
    [{ PGHOST: "h" }, { hosts: [host("h")] }],
    [{ PGDATABASE: "app" }, { database: "app" }],
    [{ PGHOSTADDR: "10.0.0.1" }, { hosts: [host("10.0.0.1")] }],
  ])("%o is enough", (env, expected) => {
    expectTarget({ env }, expected);
  });

  it("fill a libpq URL", () => {
    expectTarget(
      { url: "postgresql:///app", env: { PGHOST: "h", PGPORT: "5433", PGDATABASE: "other", PGUSER: "a" } },
      { hosts: [host("h", 5433)], database: "app", user: "a" },
    );
  });

  it("do not make require verify, unlike a certificate that the URL names", () => {
    expectTarget(
      { url: "postgresql://h/app?sslmode=require", env: { PGSSLROOTCERT: "/ca.pem" } },
      { hosts: [host("h")], database: "app", sslMode: "require", sslRootCert: "/ca.pem" },
    );
  });
});

describe("the default host", () => {
  it("is the socket directory in which the server listens", () => {
    const files = { "/tmp/.s.PGSQL.5432": "", "/var/run/postgresql/.s.PGSQL.5433": "" };
    expectTarget({ url: "postgresql:///app", files }, { hosts: [host("/tmp")], database: "app" });
    expectTarget(
      { url: "dbname=app port=5433", files },
      { hosts: [host("/var/run/postgresql", 5433)], database: "app" },
    );
  });

  it("is localhost in a JDBC URL and on Windows", () => {
    const files = { "/tmp/.s.PGSQL.5432": "" };
    expectTarget({ url: "jdbc:postgresql:app", files }, { database: "app" });
    expectTarget({ url: "postgresql:///app", files, windows: true }, { database: "app" });
  });
});

describe("the user", () => {
  it("is the operating system's when nothing names one", () => {
    expect(connect({ url: "postgresql://h/app", osUser: undefined, env: { USER: "me" } })?.user).toBe("me");
  });

  it("must be known", () => {
    const error = failure({ url: "postgresql://h/app", osUser: undefined });
    expect([error.code, error.message, error.advice]).toEqual([
      "CONFIGURATION",
      "The connection has no user.",
      "Set user, FLYWAY_USER or PGUSER.",
    ]);
  });
});

describe("the password file", () => {
  const url = "postgresql://a@h/app";
  const found = { hosts: [host("h")], database: "app", user: "a" };
  const line = "h:5432:app:a:from file\n";

  it("is ~/.pgpass", () => {
    expectTarget({ url, files: { "/home/u/.pgpass": line } }, { ...found, password: "from file" });
  });

  it("is named by PGPASSFILE or passfile", () => {
    const files = { "/pp": line, "/home/u/.pgpass": "*:*:*:*:other\n" };
    expectTarget({ url, files, env: { PGPASSFILE: "/pp" } }, { ...found, password: "from file" });
    expectTarget({ url: `${url}?passfile=/pp`, files }, { ...found, password: "from file" });
  });

  it("is pgpass.conf in APPDATA on Windows", () => {
    const files = { "/roaming/postgresql/pgpass.conf": { text: line, mode: 0o100666 } };
    expectTarget(
      { url, files, env: { APPDATA: "/roaming" }, windows: true },
      { ...found, password: "from file" },
    );
  });

  it("serves JDBC URLs too", () => {
    expectTarget(
      { url: "jdbc:postgresql://h/app?user=a", files: { "/home/u/.pgpass": line } },
      { ...found, password: "from file" },
    );
  });

  it("comes after PGPASSWORD", () => {
    expectTarget(
      { url, files: { "/home/u/.pgpass": line }, env: { PGPASSWORD: "env" } },
      { ...found, password: "env" },
    );
  });

  it.each([0o640, 0o604, 0o660, 0o644])("is not read when others may (%o)", (mode) => {
    expectTarget(
      { url, files: { "/home/u/.pgpass": { text: line, mode: 0o100000 | mode } } },
      {
        ...found,
        warnings: [
          "The password file /home/u/.pgpass is open to group or others and is not read; run chmod 600 on it.",
        ],
      },
    );
  });

  it("is not read when it is a folder", () => {
    expectTarget(
      { url, files: { "/home/u/.pgpass/": "" } },
      { ...found, warnings: ["The password file /home/u/.pgpass is not a plain file and is not read."] },
    );
  });

  it.each([
    ["h:5432:app:a:p", "p"],
    ["*:*:*:*:p", "p"],
    ["# h:5432:app:a:p", undefined],
    ["h:5433:app:a:p", undefined],
    ["other:5432:app:a:p\nh:*:*:a:q\nh:5432:app:a:r", "q"],
    ["h:5432:app:a:p\\:q\\\\r:s", "p:q\\r:s"],
    ["h:5432:app:a", undefined],
    ["", undefined],
    ["h:5432:app:a:p\r\n", "p"],
  ])("with %j gives %s", (text, expected) => {
    expect(findPassword(parsePgpass(text), { host: "h", port: 5432, database: "app", user: "a" })).toBe(
      expected,
    );
  });

  it("knows a socket directory as localhost", () => {
    expect(
      findPassword(parsePgpass("localhost:5432:app:a:p"), {
        host: "/tmp",
        port: 5432,
        database: "app",
        user: "a",
      }),
    ).toBe("p");
  });

  it("is asked for each host in turn", () => {
    expectTarget(
      { url: "postgresql://a@x,h/app", files: { "/home/u/.pgpass": line } },
      { ...found, hosts: [host("x"), host("h")], password: "from file" },
    );
  });
});

describe("connection services", () => {
  const file =
    "# services\n[other]\nhost=x\n[app]\nhost = h\nport=5433\ndbname=app\nuser=a\npassword=p=q\n[last]\n";
  const found = { hosts: [host("h", 5433)], database: "app", user: "a", password: "p=q" };

  it.each<[string, Given]>([
    [
      "PGSERVICE and ~/.pg_service.conf",
      { env: { PGSERVICE: "app" }, files: { "/home/u/.pg_service.conf": file } },
    ],
    ["PGSERVICEFILE", { env: { PGSERVICE: "app", PGSERVICEFILE: "/s" }, files: { "/s": file } }],
    [
      "PGSYSCONFDIR",
      { env: { PGSERVICE: "app", PGSYSCONFDIR: "/etc/pg" }, files: { "/etc/pg/pg_service.conf": file } },
    ],
    ["a URL", { url: "postgresql:///?service=app", files: { "/home/u/.pg_service.conf": file } }],
    ["a connection string", { url: "service=app", files: { "/home/u/.pg_service.conf": file } }],
    ["a JDBC URL", { url: "jdbc:postgresql://?service=app", files: { "/home/u/.pg_service.conf": file } }],
  ])("are found through %s", (_, given) => {
    expectTarget(given, found);
  });

  it("come after the URL and before PG variables", () => {
    expectTarget(
      {
        url: "postgresql://b@/?service=app",
        env: { PGHOST: "env", PGUSER: "env" },
        files: { "/home/u/.pg_service.conf": file },
      },
      { ...found, user: "b" },
    );
  });

  it("must exist", () => {
    const error = failure({ env: { PGSERVICE: "nope" }, files: { "/home/u/.pg_service.conf": file } });
    expect([error.code, error.message, error.advice]).toEqual([
      "CONFIGURATION",
      "There is no connection service named nope.",
      "Add a section [nope] to /home/u/.pg_service.conf, or correct the name.",
    ]);
  });

  it("may be empty", () => {
    expect(findService(file, "last")).toEqual(new Map());
    expect(findService(file, "none")).toBeUndefined();
  });
});

describe("certificates", () => {
  it("are those of ~/.postgresql where they exist", () => {
    const files = {
      "/home/u/.postgresql/root.crt": "",
      "/home/u/.postgresql/postgresql.crt": "",
      "/home/u/.postgresql/postgresql.key": "",
    };
    const given = { url: "postgresql://h/app?sslmode=verify-full", files };
    expectTarget(given, {
      hosts: [host("h")],
      database: "app",
      sslMode: "verify-full",
      sslRootCert: "/home/u/.postgresql/root.crt",
      sslCert: "/home/u/.postgresql/postgresql.crt",
      sslKey: "/home/u/.postgresql/postgresql.key",
    });
    expectTarget(
      { url: "postgresql://h/app?sslmode=disable", files },
      { hosts: [host("h")], database: "app", sslMode: "disable" },
    );
  });

  it("may have a password, which is a secret", () => {
    const target = connect({ url: "postgresql://h/app?sslpassword=x" });
    expect([target?.sslPassword?.reveal(), JSON.stringify(target).includes('"x"')]).toEqual(["x", false]);
  });
});

describe("a URL as it is shown", () => {
  it.each([
    ["jdbc:postgresql://h/db", "jdbc:postgresql://h/db"],
    [
      "jdbc:postgresql://h/db?user=a&password=b&ssl=true",
      "jdbc:postgresql://h/db?user=a&password=********&ssl=true",
    ],
    [
      "jdbc:postgresql://h/db?sslpassword=b&accessToken=c",
      "jdbc:postgresql://h/db?sslpassword=********&accessToken=********",
    ],
    ["postgres://a:b@h/db", "postgres://********@h/db"],
    ["postgres://a:b@c@h/db", "postgres://********@h/db"],
    ["postgres://a:b/c@h/db", "postgres://********@h/db"],
    ["postgres://a:b?c@h/db", "postgres://********"],
    ["postgres://h1:1,h2:2/db", "postgres://h1:1,h2:2/db"],
    ["postgres://[::1]:5432/db", "postgres://[::1]:5432/db"],
    ["host=h password=x dbname=d", "host=h password=******** dbname=d"],
    ["host=h password = 'x \\' y' dbname=d", "host=h password = ******** dbname=d"],
  ])("%s", (url, shown) => {
    expect(displayUrl(url)).toBe(shown);
  });
});

describe("the JDBC URL for scripts", () => {
  it.each([
    ["jdbc:postgresql://h/db?user=a&password=b&ssl=true", "jdbc:postgresql://h/db?ssl=true"],
    ["jdbc:postgresql://a:b@h/db", "jdbc:postgresql://h/db"],
    ["jdbc:postgresql:db?user=a&password=b", "jdbc:postgresql:db"],
    ["postgres://a:b@h:5433/my%20db?sslmode=require", "jdbc:postgresql://h:5433/my%20db?sslmode=require"],
    ["postgres://a@[::1]/db", "jdbc:postgresql://[::1]:5432/db"],
    ["postgresql:///db?host=/run/pg", "jdbc:postgresql://localhost:5432/db"],
    ["host=h dbname=db options='-c a=b'", "jdbc:postgresql://h:5432/db?options=-c%20a%3Db"],
  ])("%s", (url, expected) => {
    expect(connect({ url })?.jdbcUrl).toBe(expected);
  });
});
