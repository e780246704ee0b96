// As little as Node can do to know that all is applied: lists a folder, reads every file and takes its checksum, asks a
// server without a password for the history, and compares. No settings, no states, no words. What a whole program
// takes beside this is its own.
//   node bench/bare.mjs SOCKET DATABASE FOLDER
import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { connect } from "node:net";
import { crc32 } from "node:zlib";

const [socket = "", database = "", folder = ""] = process.argv.slice(2);
const server = connect(socket);
const start = Buffer.from(`\0\x03\0\0user\0postgres\0database\0${database}\0\0`, "latin1");
const length = Buffer.alloc(4);
length.writeInt32BE(start.length + 4);
server.write(Buffer.concat([length, start]));
const query = Buffer.from(
  'SELECT json_agg(json_build_array("version", "description", "checksum")) FROM "flyway_schema_history"\0',
);
const head = Buffer.from([0x51, 0, 0, 0, 0]);
head.writeInt32BE(query.length + 4, 1);
server.write(Buffer.concat([head, query]));

const buffer = Buffer.allocUnsafeSlow(1 << 18);
const files = new Map();
for (const name of readdirSync(folder)) {
  const handle = openSync(`${folder}/${name}`, "r");
  const read = readSync(handle, buffer, 0, buffer.length, null);
  closeSync(handle);
  let end = 0;
  for (let i = 0; i < read; i++) if (buffer[i] !== 10 && buffer[i] !== 13) buffer[end++] = buffer[i];
  const cut = name.indexOf("__");
  const description = name.slice(cut + 2, -4).replaceAll("_", " ");
  files.set(name.slice(1, cut), { description, checksum: crc32(buffer.subarray(0, end)) | 0 });
}

const chunks = [];
server.on("data", (chunk) => {
  chunks.push(chunk);
  if (!chunk.includes("SELECT 1\0")) return;
  const all = Buffer.concat(chunks).toString();
  const rows = JSON.parse(all.slice(all.indexOf("[["), all.lastIndexOf("]]") + 2));
  const same = rows.filter(([version, description, checksum]) => {
    const file = files.get(version);
    return file?.description === description && file.checksum === checksum;
  });
  if (same.length !== files.size || rows.length !== files.size) process.exitCode = 1;
  server.end(Buffer.from([0x58, 0, 0, 0, 4]));
});
