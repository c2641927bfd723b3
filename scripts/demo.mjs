// npm run demo: the server, three phones and a caller, from nothing.
import { ensurePackages, runPinned } from './bootstrap.mjs';

await ensurePackages();
process.exit(await runPinned(['examples/demo/main.ts', ...process.argv.slice(2)]));
