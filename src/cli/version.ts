// The version, put in by the build.
declare const GODWIT_VERSION: string | undefined;

export const VERSION: string = typeof GODWIT_VERSION === "string" ? GODWIT_VERSION : "0.0.0-dev";
