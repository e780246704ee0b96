// What the config layer asks of the file system, so that tests and the library may give their own. read.ts
// holds the real one.

export interface ConfigFiles {
  /** Content; undefined when there is no such file. Throws when it is there but cannot be read. */
  readFile(path: string): Uint8Array | undefined;
  isFile(path: string): boolean;
  isDirectory(path: string): boolean;
  /** True for anything at the path, a socket too. */
  exists(path: string): boolean;
  /** Permission bits; undefined when there is no such file or the platform has none. */
  permissions(path: string): number | undefined;
  readStdin(): Uint8Array;
}
