// A relay between godwit and its server that breaks the n-th write of the client, in one of the ways in which the world
// fails.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Session } from "../../src/server/session.ts";
import { type Cluster, pause } from "./cluster.ts";

export const WAYS = [
  /** The client is gone: what it wrote is on its way, and it will not come back. */
  "client-killed",
  /** The same for godwit as a process of its own, ended by SIGKILL. */
  "process-killed",
  /** The line is cut before the write gets through. */
  "line-cut",
  /** The write gets through, but its answer does not. */
  "answer-lost",
  /** pg_terminate_backend, while the server is at it. */
  "backend-terminated",
  /** The server is stopped with -m immediate while it is at it, and started again. */
  "server-stopped",
] as const;

/** Those that happen while the server is at it, so that it matters when. */
export const TIMED: ReadonlySet<string> = new Set(["backend-terminated", "server-stopped"]);

export type Way = (typeof WAYS)[number];

export interface Fault {
  readonly way: Way;
  /** Which write of the client, counted from 1; the start of a session is one. */
  readonly n: number;
  /** Milliseconds from the write to the fault, for the ways of TIMED. */
  readonly delayMs: number;
}

export interface Breaker extends AsyncDisposable {
  readonly socketDir: string;
  /** Writes so far. */
  readonly writes: number;
  /** Settles when the fault is over and the server is up; undefined while it has not happened. */
  readonly broken: Promise<void> | undefined;
  /** What the client wrote when it was broken. */
  readonly victim: string;
}

export async function startBreaker(
  cluster: Cluster,
  fault: Fault | undefined,
  /** For pg_terminate_backend. */
  admin: Session,
  /** Kills the process that the client is. */
  kill: () => void,
): Promise<Breaker> {
  const dir = mkdtempSync(join(tmpdir(), "godwit-breaker-"));
  chmodSync(dir, 0o755);
  let writes = 0;
  let broken: Promise<void> | undefined;
  let victim = "";
  let isClosed = false;
  const sockets = new Set<Socket>();

  const server = createServer((client) => {
    if (isClosed) return void client.destroy();
    const upstream = connect(join(cluster.socketDir, ".s.PGSQL.5432"));
    const backend = { pid: 0 };
    pair(client, upstream);
    upstream.on("data", (chunk) => {
      backend.pid ||= backendPid(chunk);
      client.write(chunk);
    });
    client.on("data", (chunk) => {
      writes++;
      if (fault === undefined || writes !== fault.n) return void upstream.write(chunk);
      victim = chunk.toString("latin1").replaceAll(/[^\x20-\x7e]+/g, " ");
      broken = inject(fault, { chunk, client, upstream, backend });
    });
  });

  const pair = (client: Socket, upstream: Socket): void => {
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        // end() and not destroy(): what was written before the close is still to arrive.
        other.end();
      });
    }
  };

  async function inject(
    { way, delayMs }: Fault,
    at: {
      readonly chunk: Buffer;
      readonly client: Socket;
      readonly upstream: Socket;
      readonly backend: { pid: number };
    },
  ): Promise<void> {
    switch (way) {
      case "client-killed":
        isClosed = true;
        at.upstream.write(at.chunk);
        for (const socket of sockets) if (socket !== at.upstream) socket.destroy();
        return;
      case "process-killed":
        at.upstream.write(at.chunk);
        kill();
        return;
      case "line-cut":
        at.client.destroy();
        at.upstream.destroy();
        return;
      case "answer-lost":
        at.upstream.write(at.chunk);
        at.client.destroy();
        return;
      case "backend-terminated":
        at.upstream.write(at.chunk);
        await pause(delayMs);
        await admin.query(`SELECT pg_terminate_backend(${at.backend.pid}) AS done`);
        return;
      case "server-stopped":
        isClosed = true;
        at.upstream.write(at.chunk);
        await pause(delayMs);
        await cluster.crash();
        isClosed = false;
        return;
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(join(dir, ".s.PGSQL.5432"), resolve);
  });
  return {
    socketDir: dir,
    get writes() {
      return writes;
    },
    get broken() {
      return broken;
    },
    get victim() {
      return victim;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** From BackendKeyData (K, length 12, pid, key) in the first answer. */
function backendPid(chunk: Buffer): number {
  for (let at = 0; at + 9 <= chunk.length; at += 1 + chunk.readInt32BE(at + 1)) {
    if (chunk[at] === 0x4b) return chunk.readInt32BE(at + 5);
  }
  return 0;
}
