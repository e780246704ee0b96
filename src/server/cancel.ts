// The protocol's CancelRequest: a connection of its own that names pid and secret key of the one to be stopped.
import { connect as connectSocket } from "node:net";
import { serialize } from "pg-protocol";
import type { HostPort } from "../config/connection-target.ts";

interface Keys {
  readonly processID?: number | null;
  readonly secretKey?: number | null;
}

/** Resolves when the request is sent; whether something was cancelled is not told by the server. */
export function cancelRequest(client: Keys, host: HostPort): Promise<void> {
  const { processID, secretKey } = client;
  if (typeof processID !== "number" || typeof secretKey !== "number") return Promise.resolve();
  return new Promise((resolve) => {
    const socket = host.host.startsWith("/")
      ? connectSocket(`${host.host}/.s.PGSQL.${host.port}`)
      : connectSocket(host.port, host.host);
    socket.on("connect", () => socket.end(serialize.cancel(processID, secretKey)));
    socket.on("close", () => resolve());
    socket.on("error", () => resolve());
    socket.setTimeout(5000, () => socket.destroy());
  });
}
