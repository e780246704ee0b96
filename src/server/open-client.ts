// One client of the pg driver on one host: a stream of our own, start-up parameters as pgjdbc sends them, and the
// driver for authentication (cleartext, md5, SCRAM with or without channel binding).
//
// The stream is ours because the driver's own TLS knows no fallback, takes a second connection to find out that a
// server has none, and lets an answer that it can't read end the process.
import type { Socket } from "node:net";
import type { ConnectionTarget, HostPort } from "../config/connection-target.ts";
import { type OpenStream, openStream } from "./open-stream.ts";
import { isServerMessage, noticeFields } from "./pg-error.ts";
import type { PgClient } from "./pg-wire.ts";
import { cancelRequest } from "./protocol.ts";
import type { Notice } from "./session.ts";
import { type TlsUse, tlsOptions } from "./tls.ts";

export interface ClientRequest {
  readonly target: ConnectionTarget;
  readonly host: HostPort;
  readonly tls: TlsUse;
  readonly startup: Readonly<Record<string, string>>;
  readonly onNotice: ((notice: Notice) => void) | undefined;
  readonly signal: AbortSignal;
}

export interface OpenClient {
  readonly client: PgClient;
  readonly backendPid: number;
  readonly encrypted: boolean;
  /** What the server told about itself and the session (ParameterStatus), by name. */
  readonly parameters: ReadonlyMap<string, string>;
  cancel(): Promise<void>;
  end(wasBroken: boolean): Promise<void>;
}

/** Something asked for a password, and there is none. */
export class NoPasswordError extends Error {}

/** Channel binding is required, and was not to be had. */
export class NoChannelBindingError extends Error {}

/** Of pg's Client, what is used before a session exists. */
export interface Client extends PgClient {
  readonly connection: {
    on(event: "parameterStatus", listener: (message: ParameterStatus) => void): unknown;
    on(event: "authenticationSASL", listener: (message: SaslMechanisms) => void): unknown;
  };
  readonly processID: number | null;
  readonly secretKey: number | null;
  getStartupConf(): Record<string, string>;
  connect(): Promise<unknown>;
  end(): Promise<void>;
}

interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}

interface SaslMechanisms {
  readonly mechanisms: readonly string[];
}

/** Rejects with what the server (a ServerMessage) or the socket (an Error) says. */
export async function openClient(request: ClientRequest): Promise<OpenClient> {
  const { host, signal, target, tls } = request;
  // Loaded while the connection is being made.
  const driver = import("pg/lib/client.js");
  driver.catch(() => {});
  const stream = await openStream({ host, tls, tlsOptions: () => tlsOptions(target), signal });
  try {
    const { default: DriverClient } = await driver;
    const binding = { offered: false };
    const client: Client = new DriverClient(driverOptions(request, stream, binding));
    return await start(request, client, stream, binding);
  } catch (error) {
    stream.socket.destroy();
    throw error;
  }
}

/** Whether the server offers SCRAM with channel binding. */
interface Binding {
  offered: boolean;
}

/** Often enough for firewalls that forget a silent connection, which one that builds an index is. */
const KEEP_ALIVE_AFTER_MS = 60_000;

function driverOptions({ host, target }: ClientRequest, stream: OpenStream, binding: Binding): object {
  return {
    host: host.host,
    port: host.port,
    user: target.user,
    database: target.database,
    stream: forDriver(stream.socket),
    ssl: false,
    sslnegotiation: "postgres",
    keepAlive: target.keepAlive,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    enableChannelBinding: stream.encrypted && target.channelBinding !== "disable",
    // A function is asked only when the server wants a password. With no password at all the driver would look for a
    // password file of its own.
    password: () => {
      requireBinding(target, binding);
      if (target.password === undefined) throw new NoPasswordError("the server asks for a password");
      return target.password.reveal();
    },
  };
}

function requireBinding(target: ConnectionTarget, binding: Binding): void {
  if (target.channelBinding !== "require" || binding.offered) return;
  throw new NoChannelBindingError("the server offers no channel binding");
}

async function start(
  request: ClientRequest,
  client: Client,
  { socket, encrypted }: OpenStream,
  binding: Binding,
): Promise<OpenClient> {
  const { onNotice, signal, startup, target } = request;
  const parameters = new Map<string, string>();
  client.connection.on("parameterStatus", (m) => void parameters.set(m.parameterName, m.parameterValue));
  client.connection.on("authenticationSASL", ({ mechanisms }) => {
    binding.offered = encrypted && mechanisms.includes("SCRAM-SHA-256-PLUS");
  });
  // Not the driver's own: it would let PGOPTIONS and its kin of the environment in behind the settings' back.
  client.getStartupConf = () => ({ ...startup });
  const early = (message: unknown): void => {
    if (isServerMessage(message)) onNotice?.(noticeFields(message));
  };
  client.on("notice", early);
  // Without a listener a connection that breaks would end the process.
  client.on("error", () => {});
  const abort = (): void => void socket.destroy(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await client.connect();
    requireBinding(target, binding);
  } catch (error) {
    throw signal.aborted && !isServerMessage(error) ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", abort);
    client.removeListener("notice", early);
  }
  return {
    client,
    backendPid: client.processID ?? 0,
    encrypted,
    parameters,
    cancel: () => sendCancel(request, client, encrypted),
    end: (wasBroken) => end(client, socket, wasBroken),
  };
}

/** The stream as the driver wants it: it "connects" its stream itself, and trusts that it can read all that comes. */
function forDriver(socket: Socket): Socket {
  const connect = (): Socket => {
    queueMicrotask(() => socket.emit("connect"));
    return socket;
  };
  const listen: Listen = socket.on.bind(socket);
  const on: Listen = (name, listener) => listen(name, name === "data" ? guarded(socket, listener) : listener);
  return Object.assign(socket, { connect, on });
}

type Listen = (name: string, listener: (...values: readonly unknown[]) => void) => Socket;

/** The driver throws at messages it does not know (GSSAPI and SSPI logins), in the middle of the socket's event. */
function guarded(socket: Socket, listener: (...values: readonly unknown[]) => void): typeof listener {
  return (...values) => {
    try {
      listener(...values);
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
}

/** Time for a cancel request, and for a server to say goodbye. */
const PATIENCE_MS = 5000;

/** A connection of its own that names the one to be cancelled; the server answers by closing it. */
async function sendCancel(request: ClientRequest, client: Client, encrypted: boolean): Promise<void> {
  const { processID, secretKey } = client;
  if (processID === null || secretKey === null) return;
  try {
    const { socket } = await openStream({
      host: request.host,
      tls: encrypted ? "always" : "never",
      tlsOptions: () => tlsOptions(request.target),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    socket.write(cancelRequest(processID, secretKey));
    socket.resume();
    await closeOf(socket);
  } catch {
    // Whoever cancels waits for the statement's own end, and sees there whether it helped.
  }
}

async function end(client: Client, socket: Socket, wasBroken: boolean): Promise<void> {
  const closed = closeOf(socket);
  client.end().catch(() => {});
  if (wasBroken) socket.destroy();
  await closed;
}

function closeOf(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), PATIENCE_MS);
    socket.on("error", () => {});
    socket.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
