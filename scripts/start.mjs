// npm start: runs the server.
import { ensurePackages, runPinned } from './bootstrap.mjs';

await ensurePackages();
process.exit(await runPinned(['apps/server/src/main.ts', ...process.argv.slice(2)]));
