// Starts the service: first the database is brought to the version that this code needs, then requests are taken.
import { resolve } from "node:path";
import { createGodwit } from "godwit";
import pg from "pg";
import { createService } from "./service.js";

const workingDirectory = resolve(import.meta.dirname, "..");

// Any number of replicas may start at once: one migrates, the others wait and find nothing left to do.
const godwit = await createGodwit({ url: process.env.DATABASE_URL, locations: "filesystem:db/migration", workingDirectory });
const { migrationsExecuted } = await godwit.migrate();
console.log(`migrations applied: ${migrationsExecuted}`);

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const service = createService(pool);
service.listen(Number(process.env.PORT ?? 3000), () => console.log(`listening on ${service.address().port}`));

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    service.close(() => pool.end());
    service.closeIdleConnections();
  });
}
