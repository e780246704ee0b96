import { existsSync, readdirSync, rmSync } from "node:fs";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { charsetNamed, UTF_8 } from "../../../src/migrations/encoding.ts";
import type { ScannedFile } from "../../../src/migrations/migration.ts";
import {
  checksumOfFile,
  detectCharset,
  migrationSize,
  readMigrationStream,
  readMigrationText,
} from "../../../src/migrations/read.ts";
import { failure, project } from "./project.ts";

function fileOf(content: string | Buffer, name = "V1__a.sql"): ScannedFile {
  const folder = project({ [name]: content });
  return { path: `${folder}/${name}`, configuredPath: `sql/${name}`, name, script: name };
}

/** More than two pieces, with characters of every length across their borders. */
const LONG = `\ufeff${"insert into t values ('é☃😀');\r\n".repeat(20_000)}-- \ufeff\ufeffend`;
const LONG_READ = `${"insert into t values ('é☃😀');\r\n".repeat(20_000)}-- \ufeffend`;

describe("reading a migration", () => {
  it("gives its text as it is, without byte order marks", () => {
    const file = fileOf("\ufeffselect 1;\r\n\r-- \ufeff\n");
    expect(readMigrationText({ file, encoding: "UTF-8" })).toBe("select 1;\r\n\r-- \n");
    expect(migrationSize({ file })).toBe(22);
    expect(readMigrationText({ file: fileOf(""), encoding: "UTF-8" })).toBe("");
  });

  it.each([
    ["UTF-8", Buffer.from(LONG)],
    ["UTF-16LE", Buffer.from(LONG, "utf16le")],
    ["UTF-16BE", Buffer.from(LONG, "utf16le").swap16()],
    ["UTF-16", Buffer.from(LONG, "utf16le").swap16()],
  ])("gives a long one in pieces that together are the same text: %s", (encoding, bytes) => {
    const migration = { file: fileOf(bytes), encoding };
    const pieces = [...readMigrationStream(migration)];
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.join("") === LONG_READ).toBe(true);
    expect(readMigrationText(migration) === LONG_READ).toBe(true);
  });

  it("gives a long one of another encoding in one piece", () => {
    const line = Buffer.concat([Buffer.from("insert '"), Buffer.from([0x93, 0xfa]), Buffer.from("'\n")]);
    const file = fileOf(Buffer.concat(Array.from({ length: 60_000 }, () => line)));
    expect([...readMigrationStream({ file, encoding: "Shift_JIS" })].length).toBe(1);
    expect(readMigrationText({ file, encoding: "Shift_JIS" }) === "insert '日'\n".repeat(60_000)).toBe(true);
  });

  it.skipIf(!existsSync("/proc/self/fd"))("closes the file when the reader of a stream stops early", () => {
    const migration = { file: fileOf(LONG), encoding: "UTF-8" };
    const open = () => readdirSync("/proc/self/fd").length;
    const before = open();
    for (const piece of readMigrationStream(migration)) {
      expect(piece.length).toBeGreaterThan(0);
      expect(open()).toBe(before + 1);
      break;
    }
    expect(open()).toBe(before);
  });

  it("says which file is gone", () => {
    const file = fileOf("select 1;");
    rmSync(file.path);
    const expected = {
      code: "ERROR",
      message: "sql/V1__a.sql was there when its folder was scanned and is gone now.",
      advice: "Do not change the folder during a run. Run the command again.",
    };
    expect(failure(() => checksumOfFile(file, UTF_8))).toMatchObject(expected);
    expect(failure(() => readMigrationText({ file, encoding: "UTF-8" }))).toMatchObject(expected);
    expect(failure(() => migrationSize({ file }))).toMatchObject(expected);
  });
});

describe("the checksum of a file", () => {
  it.each(["UTF-8", "UTF-16LE", "UTF-16BE", "UTF-16"])("is the same for a long file in %s", (encoding) => {
    const plain = fileOf(LONG.replaceAll("\r\n", "\n"));
    const little = Buffer.from(LONG, "utf16le");
    const bytes =
      encoding === "UTF-8" ? Buffer.from(LONG) : encoding === "UTF-16LE" ? little : little.swap16();
    expect(checksumOfFile(fileOf(bytes), charsetNamed(encoding, ""))).toBe(checksumOfFile(plain, UTF_8));
  });

  it.each([0, 512, 4096, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 512 * 1024])(
    "is right for a file of %i bytes, whatever fits into a piece",
    (length) => {
      const text = "0123456".repeat(Math.ceil(length / 7)).slice(0, length);
      expect(checksumOfFile(fileOf(text), UTF_8)).toBe(crc32(text, 0) | 0);
    },
  );
});

describe("bytes that are no text", () => {
  const advice = (encoding: string) =>
    `Save the file as ${encoding}, or name its encoding: "encoding=ISO-8859-1" in V1__a.sql.conf for this file, ` +
    "the setting encoding for all files, or detectEncoding=true to have it found out file by file.";

  it("are refused with file, offset, line and column", () => {
    const file = fileOf(
      Buffer.concat([Buffer.from("select 1;\r\n-- é "), Buffer.from([0xe9]), Buffer.from("\n")]),
    );
    const expected = {
      code: "ERROR",
      message: "sql/V1__a.sql is not UTF-8: byte 0xE9 at offset 17 (line 2) is not part of any character.",
      advice: advice("UTF-8"),
      place: { file: "sql/V1__a.sql", line: 2, column: 6 },
      details: { file: file.path, encoding: "UTF-8", offset: 17, byte: 0xe9 },
    };
    expect(failure(() => checksumOfFile(file, UTF_8))).toMatchObject(expected);
    expect(failure(() => readMigrationText({ file, encoding: "UTF-8" }))).toMatchObject(expected);
    expect(checksumOfFile(file, charsetNamed("ISO-8859-1", ""))).toBeTypeOf("number");
  });

  it("are found far into a long file", () => {
    const head = Buffer.from("é\r\n".repeat(200_000));
    const file = fileOf(Buffer.concat([head, Buffer.from([0x61, 0xc3])]));
    const expected = {
      message: `sql/V1__a.sql is not UTF-8: byte 0xC3 at offset ${head.length + 1} (line 200001) is not part of any character.`,
      place: { file: "sql/V1__a.sql", line: 200_001, column: 2 },
    };
    expect(failure(() => checksumOfFile(file, UTF_8))).toMatchObject(expected);
    expect(failure(() => [...readMigrationStream({ file, encoding: "UTF-8" })])).toMatchObject(expected);
  });

  it("are counted in characters in UTF-16", () => {
    const file = fileOf(
      Buffer.concat([Buffer.from("a\r\nbc", "utf16le"), Buffer.from([0x00, 0xdc, 0x61, 0])]),
    );
    expect(failure(() => readMigrationText({ file, encoding: "UTF-16LE" }))).toMatchObject({
      message: "sql/V1__a.sql is not UTF-16LE: byte 0x00 at offset 10 (line 2) is not part of any character.",
      place: { line: 2, column: 3 },
      advice: advice("UTF-16LE"),
    });
  });
});

describe("detection of a file's encoding", () => {
  it("reads a long file to its end", () => {
    const long = "a".repeat(600_000);
    expect(detectCharset(fileOf(long)).name).toBe("UTF-8");
    expect(detectCharset(fileOf(Buffer.concat([Buffer.from(long), Buffer.from([0xe9])]))).name).toBe(
      "ISO-8859-1",
    );
    expect(detectCharset(fileOf(Buffer.from(`\ufeff${long}`, "utf16le"))).name).toBe("UTF-16LE");
    expect(detectCharset(fileOf("é".repeat(300_001))).name).toBe("UTF-8");
  });
});
