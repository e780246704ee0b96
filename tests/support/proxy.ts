// A relay between a session and its server, so that a test can see what is written and cut the line.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectionTarget } from "../../src/config/connection-target.ts";

export interface Proxy extends AsyncDisposable {
  /** The same database through the relay. */
  readonly target: ConnectionTarget;
  /** Chunks as they came from the clients since the last call. */
  takeWrites(): readonly Buffer[];
  /** Cuts every line now. */
  cut(): void;
  /** New clients have to wait until the returned function is called. */
  holdNew(): () => void;
  /** From now on nothing gets through in either direction, and nobody is told. */
  stall(): void;
  /** Cuts the line when the server's answer holds this text, before the client hears it. */
  cutAt(text: string): void;
  /** Takes no new clients once the server's answer to an old one held this text. */
  refuseFrom(text: string): void;
}

export async function proxyTo(target: ConnectionTarget): Promise<Proxy> {
  const [first] = target.hosts;
  if (first === undefined) throw new Error("no host");
  const dir = mkdtempSync(join(tmpdir(), "godwit-proxy-"));
  chmodSync(dir, 0o755);
  const sockets = new Set<Socket>();
  let writes: Buffer[] = [];
  let trigger: string | undefined;
  let lastCall: string | undefined;
  let isFull = false;
  let isStalled = false;
  let admitted: Promise<void> = Promise.resolve();
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    if (isFull) return void client.destroy();
    const upstream = first.host.startsWith("/")
      ? connect(`${first.host}/.s.PGSQL.${first.port}`)
      : connect(first.port, first.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    const mine = admitted;
    client.on("data", (chunk) => {
      if (isStalled) return;
      writes.push(chunk);
      void mine.then(() => upstream.write(chunk));
    });
    upstream.on("data", (chunk) => {
      if (isStalled) return;
      if (lastCall !== undefined && chunk.includes(lastCall)) isFull = true;
      if (trigger !== undefined && chunk.includes(trigger)) {
        client.write(chunk.subarray(0, chunk.indexOf(trigger)));
        client.end();
        upstream.destroy();
      } else client.write(chunk);
    });
  });
  await listen(server, join(dir, ".s.PGSQL.5432"));
  return {
    target: { ...target, hosts: [{ host: dir, port: 5432 }] },
    takeWrites: () => {
      const taken = writes;
      writes = [];
      return taken;
    },
    cut,
    holdNew: () => {
      let admit = (): void => {};
      admitted = new Promise((resolve) => {
        admit = resolve;
      });
      return admit;
    },
    stall: () => {
      isStalled = true;
    },
    cutAt: (text) => {
      trigger = text;
    },
    refuseFrom: (text) => {
      lastCall = text;
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => resolve());
  });
}
