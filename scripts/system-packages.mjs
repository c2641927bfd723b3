// The programs that tests and benchmarks speak with, from the distribution's packages.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { must } from './bootstrap.mjs';

const PACKAGE_OF = { sipp: 'sip-tester', baresip: 'baresip-core', kamailio: 'kamailio', sox: 'sox' };

function onPath(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Makes sure that the programs are there: installs what is missing where this is root on a Debian system, else says how. */
export async function ensurePrograms(programs) {
  const missing = programs.filter((program) => !onPath(program));
  if (missing.length === 0) return;
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...missing.map((program) => PACKAGE_OF[program])];
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    console.error(`Missing: ${missing.join(', ')}. Install them first, on Debian: apt-get ${install.join(' ')}`);
    process.exit(1);
  }
  console.error(`Installing ${missing.join(', ')} from the distribution's packages …`);
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  await must('apt-get', ['update', '-qq'], quiet);
  await must('apt-get', install, quiet);
}
