// An esbuild plugin: modules of Node that a run seldom needs are loaded when something of them is used, not at start-up.
// node:crypto takes 8 ms of a start that is to take 100; it is used for passwords, certificates and seldom else.
import { builtinModules, createRequire } from "node:module";
import { basename, dirname, join, resolve, sep } from "node:path";

const require = createRequire(import.meta.url);
const LAZY = new Set(["crypto", "dns"]);
/** The driver's helpers for passwords use node:crypto as soon as they are loaded; they are functions, all of them. */
const HELPERS = `${sep}pg${sep}lib${sep}crypto${sep}utils`;
const NAMESPACE = "loaded-when-used";

/** True for what stands for another module among the inputs that esbuild names. */
export const isStandIn = (input) => input.startsWith(`${NAMESPACE}:`);

export const lazyBuiltins = {
  name: "lazy builtins",
  setup(building) {
    building.onResolve({ filter: /^(?:node:)?[a-z]+$/ }, ({ path, namespace }) => {
      const name = path.replace("node:", "");
      const counts = namespace !== NAMESPACE && LAZY.has(name) && builtinModules.includes(name);
      return counts ? { path: `node:${name}`, namespace: NAMESPACE } : undefined;
    });
    building.onResolve({ filter: /\/utils$/ }, ({ path, resolveDir, namespace }) => {
      const file = resolve(resolveDir, path);
      // By a path that says nothing of the machine: it stands in the bundle.
      return namespace !== NAMESPACE && file.endsWith(HELPERS)
        ? { path: "pg/lib/crypto/utils.js", namespace: NAMESPACE, pluginData: { folder: dirname(file) } }
        : undefined;
    });
    building.onLoad({ filter: /^node:/, namespace: NAMESPACE }, ({ path }) => ({
      contents: `for (const name of ${JSON.stringify(Object.keys(require(path)))})
        Object.defineProperty(exports, name, { enumerable: true, get: () => require("${path}")[name] });`,
    }));
    building.onLoad({ filter: /\.js$/, namespace: NAMESPACE }, ({ path, pluginData: { folder } }) => {
      const file = basename(path);
      const helpers = Object.entries(require(join(folder, file)));
      const odd = helpers.find(([, value]) => typeof value !== "function");
      if (odd !== undefined) throw new Error(`${path} exports ${odd[0]}, which is no function.`);
      return {
        contents: `for (const name of ${JSON.stringify(helpers.map(([name]) => name))})
          exports[name] = (...values) => require("./${file}")[name](...values);`,
        resolveDir: folder,
      };
    });
  },
};
