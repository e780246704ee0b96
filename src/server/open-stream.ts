// A byte stream to a server: TCP or Unix socket, with TLS where it is wanted. Before the first message of the
// protocol proper; the driver takes over from there.
import { connect as connectSocket, isIP, type Socket } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import type { HostPort } from "../config/connection-target.ts";
import { sslRequest } from "./protocol.ts";
import type { TlsUse } from "./tls.ts";

export interface StreamRequest {
  readonly host: HostPort;
  readonly tls: TlsUse;
  /** Read only when TLS is spoken. */
  readonly tlsOptions: () => ConnectionOptions;
  /** Ends the attempt, with its reason as the failure. */
  readonly signal: AbortSignal;
}

export interface OpenStream {
  readonly socket: Socket;
  readonly encrypted: boolean;
}

/** The server has no TLS to offer, though it is wanted. */
export class NoTlsError extends Error {}

/** The handshake failed: certificates, versions, or something that speaks no TLS. */
export class TlsHandshakeError extends Error {}

/** Time for one address of several before the next is tried; the last one has no such limit. */
const NEXT_ADDRESS_MS = 3000;

/** Rejects with the socket's error, NoTlsError, TlsHandshakeError or the signal's reason. */
export async function openStream(request: StreamRequest): Promise<OpenStream> {
  const { host, signal, tls } = request;
  const socket = host.host.startsWith("/")
    ? connectSocket({ path: `${host.host}/.s.PGSQL.${host.port}` })
    : connectSocket({
        host: host.host,
        port: host.port,
        autoSelectFamily: true,
        autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
      });
  const abort = (): void => {
    socket.destroy(signal.reason instanceof Error ? signal.reason : new Error("stopped"));
  };
  signal.addEventListener("abort", abort, { once: true });
  try {
    if (signal.aborted) abort();
    await eventOf(socket, "connect");
    socket.setNoDelay(true);
    if (tls === "never") return { socket, encrypted: false };
    const offered = await askForTls(socket);
    if (offered) return { socket: await secure(socket, request), encrypted: true };
    if (tls === "if-offered") return { socket, encrypted: false };
    throw new NoTlsError("the server offers no TLS");
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** One byte is the answer. More would have come before encryption, from someone between (CVE-2021-23222). */
async function askForTls(socket: Socket): Promise<boolean> {
  const answer = dataOf(socket);
  socket.write(sslRequest());
  const bytes = await answer;
  const said = bytes.toString("latin1");
  if (said === "S" || said === "N") return said === "S";
  throw new NoTlsError(
    said.startsWith("E")
      ? "the server answered the request for TLS with an error"
      : "the answer is not PostgreSQL's",
  );
}

async function secure(socket: Socket, request: StreamRequest): Promise<TLSSocket> {
  const options = request.tlsOptions();
  const { connect } = await import("node:tls");
  const { host } = request.host;
  const secured = connect({
    ...options,
    socket,
    host,
    // A server name must not be an address (RFC 6066, section 3).
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  try {
    await eventOf(secured, "secureConnect");
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new TlsHandshakeError(message, { cause });
  }
  return secured;
}

function eventOf(socket: Socket, name: "connect" | "secureConnect"): Promise<void> {
  return first(socket, name).then(() => {});
}

function dataOf(socket: Socket): Promise<Buffer> {
  return first(socket, "data").then((bytes) => (Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0)));
}

/** A promise for one event, rejected by error or close; leaves no listener behind. */
function first(socket: Socket, name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const listeners: readonly (readonly [string, (value?: unknown) => void])[] = [
      [name, (value) => settle(() => resolve(value))],
      ["error", (error) => settle(() => reject(error))],
      ["close", () => settle(() => reject(new Error("the server closed the connection at once")))],
    ];
    const settle = (action: () => void): void => {
      for (const [event, listener] of listeners) socket.removeListener(event, listener);
      action();
    };
    for (const [event, listener] of listeners) socket.on(event, listener);
  });
}
