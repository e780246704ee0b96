// pg's Client alone: the package's front door also loads its pool and looks for the native client.
declare module "pg/lib/client.js" {
  const DriverClient: new (options: object) => import("./open-client.ts").Client;
  export default DriverClient;
}
