import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second, in which the kernel counts processor time. */
const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Positions in /proc/PID/stat after the program's name, which may contain anything and stands in brackets. */
const PARENT = 1;
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** Processor time that processes have used since they began, in seconds. */
export interface CpuTime {
  readonly total: number;
  /** Of the busiest thread: what decides on a machine with cores to spare. */
  readonly mainThread: number;
}

/** Processor time of a process, its threads, and all its descendants that are alive. */
export function cpuTime(pid: number): CpuTime {
  let total = 0;
  let mainThread = 0;
  for (const member of familyOf(pid)) {
    total += secondsIn(`/proc/${member}/stat`);
    for (const thread of list(`/proc/${member}/task`)) {
      mainThread = Math.max(mainThread, secondsIn(`/proc/${member}/task/${thread}/stat`));
    }
  }
  return { total, mainThread };
}

/** Memory of a process and its descendants in bytes, with what they share counted once (proportional set size). */
export function residentBytes(pid: number): number {
  let kibibytes = 0;
  for (const member of familyOf(pid)) {
    const found = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${member}/smaps_rollup`));
    kibibytes += Number(found?.[1] ?? 0);
  }
  return kibibytes * 1024;
}

function familyOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of list('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(fieldsOf(`/proc/${name}/stat`)[PARENT] ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const family = [pid];
  for (const member of family) family.push(...(children.get(member) ?? []));
  return family;
}

function secondsIn(statFile: string): number {
  const fields = fieldsOf(statFile);
  return (Number(fields[USER_TICKS] ?? 0) + Number(fields[SYSTEM_TICKS] ?? 0)) / TICKS_PER_SECOND;
}

function fieldsOf(statFile: string): string[] {
  const text = read(statFile);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** A process may end while it is looked at: then it has used nothing more. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
