// PostgreSQL's frontend messages as bytes, and backend messages read from bytes. Only what a session needs; connecting
// and authentication are the driver's work. (PostgreSQL documentation, "Message Formats".)
import type { SqlErrorFields } from "../base/errors.ts";
import { errorFields, noticeFields } from "./pg-error.ts";
import type { Receiver } from "./wire.ts";

const QUERY = 0x51;
const PARSE = 0x50;
const BIND = 0x42;
const DESCRIBE = 0x44;
const EXECUTE = 0x45;
const SYNC = 0x53;
const COPY_DATA = 0x64;
const COPY_DONE = 0x63;
const COPY_FAIL = 0x66;

function message(type: number, body: Buffer): Buffer {
  const whole = Buffer.allocUnsafe(5 + body.length);
  whole[0] = type;
  whole.writeInt32BE(4 + body.length, 1);
  body.copy(whole, 5);
  return whole;
}

/** A simple Query. */
export function queryMessage(sql: string): Buffer {
  const length = Buffer.byteLength(sql);
  const whole = Buffer.allocUnsafe(6 + length);
  whole[0] = QUERY;
  whole.writeInt32BE(5 + length, 1);
  whole.write(sql, 5, "utf8");
  whole[5 + length] = 0;
  return whole;
}

/** One statement with parameters: Parse, Bind, Describe, Execute, Sync on the unnamed statement, all as text. */
export function parameterQuery(
  sql: string,
  parameters: readonly (string | number | boolean | null)[],
): Buffer {
  const values = parameters.map((value) => (value === null ? null : Buffer.from(String(value), "utf8")));
  return Buffer.concat([
    message(PARSE, Buffer.concat([cString(""), cString(sql), int16(0)])),
    message(
      BIND,
      Buffer.concat([
        cString(""),
        cString(""),
        int16(0),
        int16(values.length),
        ...values.flatMap((v) => (v === null ? [int32(-1)] : [int32(v.length), v])),
        int16(0),
      ]),
    ),
    message(DESCRIBE, Buffer.concat([Buffer.from("P"), cString("")])),
    message(EXECUTE, Buffer.concat([cString(""), int32(0)])),
    message(SYNC, Buffer.alloc(0)),
  ]);
}

export function copyData(chunk: string | Uint8Array): Buffer {
  if (typeof chunk !== "string") return message(COPY_DATA, asBuffer(chunk));
  const length = Buffer.byteLength(chunk);
  const whole = Buffer.allocUnsafe(5 + length);
  whole[0] = COPY_DATA;
  whole.writeInt32BE(4 + length, 1);
  whole.write(chunk, 5, "utf8");
  return whole;
}

export const copyDone = (): Buffer => message(COPY_DONE, Buffer.alloc(0));

export const copyFail = (reason: string): Buffer => message(COPY_FAIL, cString(reason));

/** The request code 80877102, with pid and secret of the connection to be cancelled. */
export function cancelRequest(pid: number, secret: number): Buffer {
  return Buffer.concat([int32(16), int32(80877102), int32(pid), int32(secret)]);
}

/** The request code 80877103; the server answers with one byte, S or N. */
export const sslRequest = (): Buffer => Buffer.concat([int32(8), int32(80877103)]);

const cString = (text: string): Buffer => Buffer.from(`${text}\0`, "utf8");

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function int16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeInt16BE(value, 0);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value, 0);
  return bytes;
}

// --- backend messages ------------------------------------------------------------------------------------------------

/** Reads whole messages from `bytes` and tells the receiver. For databases that answer in one piece. */
export function readAnswers(bytes: Uint8Array, receiver: Receiver): void {
  const buffer = asBuffer(bytes);
  let at = 0;
  while (at + 5 <= buffer.length) {
    const end = at + 1 + buffer.readInt32BE(at + 1);
    tell(String.fromCharCode(buffer[at] ?? 0), buffer.subarray(at + 5, end), receiver);
    at = end;
  }
}

function tell(type: string, body: Buffer, receiver: Receiver): void {
  switch (type) {
    case "T":
      receiver.columns(readColumns(body));
      break;
    case "D":
      receiver.row(readRow(body));
      break;
    case "C":
      receiver.complete(body.toString("utf8", 0, body.length - 1));
      break;
    case "E":
      receiver.failed(readError(body));
      break;
    case "N":
      receiver.notice(noticeFields(readFields(body)));
      break;
    case "Z":
      receiver.end();
      break;
    default:
  }
}

function readColumns(body: Buffer): readonly string[] {
  const names: string[] = [];
  let at = 2;
  for (let left = body.readInt16BE(0); left > 0; left--) {
    const end = body.indexOf(0, at);
    names.push(body.toString("utf8", at, end));
    // Behind the name: table, column number, type, size, modifier, format.
    at = end + 1 + 18;
  }
  return names;
}

function readRow(body: Buffer): readonly (string | null)[] {
  const values: (string | null)[] = [];
  let at = 2;
  for (let left = body.readInt16BE(0); left > 0; left--) {
    const length = body.readInt32BE(at);
    at += 4;
    if (length === -1) {
      values.push(null);
      continue;
    }
    values.push(body.toString("utf8", at, at + length));
    at += length;
  }
  return values;
}

/** Field letters of ErrorResponse and NoticeResponse, by the names that the driver gives them too. */
const FIELD_NAMES: Readonly<Record<string, string>> = {
  S: "severity",
  C: "code",
  M: "message",
  D: "detail",
  H: "hint",
  P: "position",
  p: "internalPosition",
  q: "internalQuery",
  W: "where",
  s: "schema",
  t: "table",
  c: "column",
  n: "constraint",
  R: "routine",
};

function readFields(body: Buffer): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (let at = 0; at < body.length && body[at] !== 0; ) {
    const end = body.indexOf(0, at + 1);
    const name = FIELD_NAMES[String.fromCharCode(body[at] ?? 0)];
    if (name !== undefined) fields[name] = body.toString("utf8", at + 1, end);
    at = end + 1;
  }
  return fields;
}

const readError = (body: Buffer): SqlErrorFields => errorFields(readFields(body));
