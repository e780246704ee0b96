// Making a connection: what the session is like, and how failures are told.
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { GodwitError } from "../../src/base/errors.ts";
import { secret } from "../../src/base/secret.ts";
import type { ConnectionTarget } from "../../src/config/connection-target.ts";
import { type ConnectOptions, connect } from "../../src/server/connect.ts";
import type { Notice } from "../../src/server/session.ts";
import { open, serverTarget, testDatabase } from "../support/database.ts";
import { failureOf } from "../support/failure.ts";
import { proxyTo } from "../support/proxy.ts";

const options = (more: Partial<ConnectOptions> = {}): ConnectOptions => ({
  connectRetries: 0,
  connectRetriesInterval: 1,
  timeZone: "UTC",
  ...more,
});

const onPort = (port: number, more: Partial<ConnectionTarget> = {}): ConnectionTarget => ({
  ...serverTarget("postgres"),
  hosts: [{ host: "127.0.0.1", port }],
  password: secret("hunter2"),
  ...more,
});

/** A port that refuses: it was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

const setting = (name: string): string => `current_setting('${name}') as "${name}"`;

describe("a session", () => {
  it("has the client's time zone, ISO dates, UTF-8, its name, and what the URL says", async () => {
    await using s = await connect(
      {
        ...serverTarget("postgres"),
        applicationName: "my app",
        currentSchema: '"$user", "Odd, One"',
        options: "-c work_mem=123kB -c statement_timeout=7s",
        readOnly: true,
      },
      options({ timeZone: "Asia/Kolkata" }),
    );
    const names = ["TimeZone", "DateStyle", "client_encoding", "application_name", "search_path", "work_mem"];
    const more = ["statement_timeout", "transaction_read_only", "default_transaction_read_only"];
    expect(await s.query(`select ${[...names, ...more].map(setting).join(", ")}`)).toEqual([
      {
        TimeZone: "Asia/Kolkata",
        DateStyle: "ISO, MDY",
        client_encoding: "UTF8",
        application_name: "my app",
        search_path: '"$user", "Odd, One"',
        work_mem: "123kB",
        statement_timeout: "7s",
        transaction_read_only: "on",
        default_transaction_read_only: "on",
      },
    ]);
    await s.query("reset all");
    expect(await s.query(`select ${setting("search_path")}, ${setting("TimeZone")}`)).toEqual([
      { search_path: '"$user", "Odd, One"', TimeZone: "Asia/Kolkata" },
    ]);
  });

  it("knows its server and its backend without a question", async () => {
    await using proxy = await proxyTo(serverTarget("postgres"));
    await using s = await open(proxy.target);
    expect(proxy.takeWrites().length).toBe(1);
    const [row] = await s.query(
      "select current_setting('server_version_num') as number, pg_backend_pid() as pid, current_setting('server_version') as text",
    );
    expect({ number: String(s.serverVersion), pid: String(s.backendPid), product: s.product }).toEqual({
      number: row?.["number"],
      pid: row?.["pid"],
      product: "PostgreSQL",
    });
    expect(row?.["text"]?.startsWith(s.serverVersionText)).toBe(true);
  });

  it("gets by with an offset when the server does not know the zone", async () => {
    await using s = await connect(serverTarget("postgres"), options({ timeZone: "Mars/Olympus" }));
    expect(await s.query(`select ${setting("TimeZone")}, ${setting("DateStyle")}`)).toEqual([
      { TimeZone: "<+00>-00", DateStyle: "ISO, MDY" },
    ]);
  });

  it("does not look into the environment behind the settings' back", async () => {
    const before = process.env["PGOPTIONS"];
    process.env["PGOPTIONS"] = "-c work_mem=321kB";
    try {
      await using s = await open(serverTarget("postgres"));
      expect(await s.query("select current_setting('work_mem') = '321kB' as leaked")).toEqual([
        { leaked: "f" },
      ]);
    } finally {
      if (before === undefined) delete process.env["PGOPTIONS"];
      else process.env["PGOPTIONS"] = before;
    }
  });

  it("runs initSql first, and tells its failure as such", async () => {
    const initSql = "set work_mem = '234kB'; set lock_timeout = '3s'";
    await using s = await connect(serverTarget("postgres"), options({ initSql }));
    expect(await s.query(`select ${setting("work_mem")}, ${setting("lock_timeout")}`)).toEqual([
      { work_mem: "234kB", lock_timeout: "3s" },
    ]);
    const error = await failureOf(connect(serverTarget("postgres"), options({ initSql: "selec 1" })));
    expect(error).toMatchObject({
      code: "DB_CONNECTION",
      subCode: undefined,
      message: 'The server refused initSql: syntax error at or near "selec"',
      advice: "Correct flyway.initSql, or move it to an afterConnect callback.",
      sql: { sqlState: "42601", position: 1 },
    });
  });

  it("tells notices that belong to no statement", async () => {
    const notices: Notice[] = [];
    await using s = await connect(
      { ...serverTarget("postgres"), options: "-c client_min_messages=debug5" },
      options({ onNotice: (notice) => notices.push(notice) }),
    );
    expect(notices.length).toBeGreaterThan(0);
    expect(s.isClosed).toBe(false);
  });
});

describe("a failure to connect", () => {
  it("names database, user and address, and what to do, but never the password", async () => {
    const port = await closedPort();
    const error = await failureOf(connect(onPort(port), options()));
    expect(error).toMatchObject({
      code: "DB_CONNECTION",
      subCode: "CONNECTION_FAILURE",
      message: `No connection to database "postgres" as user "postgres" on 127.0.0.1:${port}: connection refused.`,
      advice: `Nothing listens there. Start the server, or correct host and port (${port}) in the URL. In a container, localhost is the container itself.`,
      sql: { sqlState: "08001", severity: "FATAL", message: "connection refused" },
    });
    expect(JSON.stringify([error, error.message, error.details])).not.toContain("hunter2");
  });

  it("says that the database is missing", async () => {
    const error = await failureOf(open({ ...serverTarget("no such db"), user: "postgres" }));
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /^No connection to database "no such db" as user "postgres" on socket .*: database "no such db" does not exist\.$/,
      ),
      advice: "Create it (createdb no such db), or correct the database's name in flyway.url.",
      sql: { sqlState: "3D000" },
    });
  });

  it("says that the user is missing", async () => {
    const error = await failureOf(open(serverTarget("postgres", "nobody_here")));
    expect(error.sql).toEqual(
      expect.objectContaining({ sqlState: "28000", message: 'role "nobody_here" does not exist' }),
    );
  });

  it("says that there is no socket, or no such host", async () => {
    const socket = await failureOf(
      open({ ...serverTarget("postgres"), hosts: [{ host: "/nowhere", port: 5432 }] }),
    );
    expect(socket).toMatchObject({
      message:
        'No connection to database "postgres" as user "postgres" on socket /nowhere/.s.PGSQL.5432: there is no such socket.',
      sql: { sqlState: "08001" },
    });
    const name = await failureOf(
      open({ ...serverTarget("postgres"), hosts: [{ host: "no-such-host.invalid", port: 5432 }] }),
    );
    expect(name.sql).toMatchObject({ sqlState: "08001", message: "the host's name is not known" });
  });

  it("says that the connections are all taken", async () => {
    await using db = await testDatabase();
    await db.run("create role crowd login connection limit 0");
    try {
      const error = await failureOf(open({ ...db.target, user: "crowd" }));
      expect(error).toMatchObject({
        sql: { sqlState: "53300" },
        advice:
          "End idle sessions, raise the CONNECTION LIMIT of the role crowd, or put fewer runners to work at once.",
      });
    } finally {
      await db.run("drop role crowd");
    }
  });

  it("ends after connectTimeout when the server says nothing", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      const error = await failureOf(connect(onPort(port, { connectTimeoutMs: 50 }), options()));
      expect(error.sql).toEqual({ sqlState: "08001", severity: "FATAL", message: "no answer within 0.05 s" });
    } finally {
      silent.close();
    }
  });

  it("does not take something else for PostgreSQL, nor end the process", async () => {
    const answers = ["HTTP/1.1 400 Bad Request\r\n\r\n", Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 7])];
    for (const answer of answers) {
      const other = createServer((socket) =>
        socket.once("data", () => socket.end(answer)).on("error", () => {}),
      );
      await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
      const address = other.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      try {
        for (const sslMode of ["disable", "prefer", "require"] as const) {
          const error = await failureOf(
            connect(onPort(port, { sslMode, connectTimeoutMs: 2000 }), options()),
          );
          expect(error.subCode).toBe("CONNECTION_FAILURE");
        }
      } finally {
        other.close();
      }
    }
  });

  it("is tried again as often as connectRetries says, after 1, 2, 4 ... seconds at most the interval", async () => {
    const port = await closedPort();
    const waits: number[] = [];
    const error = await failureOf(
      connect(
        onPort(port),
        options({
          connectRetries: 3,
          connectRetriesInterval: 0,
          onRetry: (failure, seconds) => {
            expect(failure).toBeInstanceOf(GodwitError);
            waits.push(seconds);
          },
        }),
      ),
    );
    expect({ waits, subCode: error.subCode }).toEqual({ waits: [0, 0, 0], subCode: "CONNECTION_FAILURE" });
  });

  it("stops waiting when the run is stopped", async () => {
    const controller = new AbortController();
    const port = await closedPort();
    const connecting = failureOf(
      connect(
        onPort(port),
        options({
          connectRetries: 5,
          connectRetriesInterval: 120,
          signal: controller.signal,
          onRetry: () => controller.abort(),
        }),
      ),
    );
    expect((await connecting).code).toBe("ABORTED");
    expect((await failureOf(connect(onPort(port), options({ signal: controller.signal })))).code).toBe(
      "ABORTED",
    );
  });
});

describe("several hosts", () => {
  const several = async (more: Partial<ConnectionTarget> = {}): Promise<ConnectionTarget> => {
    const good = serverTarget("postgres");
    return { ...good, hosts: [{ host: "127.0.0.1", port: await closedPort() }, ...good.hosts], ...more };
  };

  it("are tried in turn", async () => {
    await using s = await open(await several());
    expect(await s.query("select 1 as a")).toEqual([{ a: "1" }]);
  });

  it("are all named when none lets us in", async () => {
    const [a, b] = [await closedPort(), await closedPort()];
    const target = { ...onPort(a), hosts: [a, b].map((port) => ({ host: "127.0.0.1", port })) };
    const error = await failureOf(connect(target, options()));
    expect(error).toMatchObject({
      message: `No connection to database "postgres" as user "postgres" on any of 2 hosts: 127.0.0.1:${a}: connection refused; 127.0.0.1:${b}: connection refused.`,
      details: {
        hosts: [
          { host: "127.0.0.1", port: a, sqlState: "08001" },
          { host: "127.0.0.1", port: b, sqlState: "08001" },
        ],
      },
    });
  });

  it("are chosen by kind", async () => {
    for (const targetSessionAttrs of ["read-write", "primary", "prefer-standby"] as const) {
      await using s = await open(await several({ targetSessionAttrs }));
      expect(s.isClosed).toBe(false);
    }
    for (const targetSessionAttrs of ["standby", "read-only"] as const) {
      const error = await failureOf(open({ ...serverTarget("postgres"), targetSessionAttrs }));
      expect(error.sql).toEqual({
        sqlState: "08001",
        severity: "FATAL",
        message: `the server is a primary, not ${targetSessionAttrs}`,
      });
    }
    await using readOnly = await open({
      ...serverTarget("postgres"),
      targetSessionAttrs: "read-only",
      options: "-c default_transaction_read_only=on",
    });
    expect(readOnly.isClosed).toBe(false);
  });
});
