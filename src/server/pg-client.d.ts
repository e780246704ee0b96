// pg's Client alone: the package's front door also loads its pool and looks for the native client.
declare module "pg/lib/client.js" {
  import type { Client } from "pg";

  const client: typeof Client;
  export default client;
}
