import { readdirSync, readFileSync } from "node:fs";

/** CPU seconds by what they were spent on: in engine children, in the services around them, the gateway, ffmpeg. */
export interface CpuSeconds {
  readonly engines: number;
  readonly services: number;
  readonly gateway: number;
  readonly ffmpeg: number;
}

/** One process of a tree, from /proc. */
interface ProcessInfo {
  readonly pid: number;
  readonly command: string;
  /** Its own CPU seconds. */
  readonly cpuS: number;
  /** Those of its children that have ended: of all processes here, only ffmpeg comes and goes. */
  readonly endedChildrenS: number;
}

/** Linux counts in hundredths of a second, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;

/** What the processes of a stack have used so far. */
export function cpuSeconds(rootPid: number): CpuSeconds {
  const processes = processTree(rootPid);
  const sum = (kind: string): number =>
    processes.filter(({ command }) => kindOf(command) === kind).reduce((total, { cpuS }) => total + cpuS, 0);
  return {
    engines: sum("engine"),
    services: sum("service"),
    gateway: sum("gateway"),
    ffmpeg: processes.reduce((total, { endedChildrenS }) => total + endedChildrenS, sum("ffmpeg")),
  };
}

function kindOf(command: string): string {
  if (command.includes("engine-child-main")) return "engine";
  if (command.includes("services/gateway")) return "gateway";
  return command.includes("ffmpeg") ? "ffmpeg" : "service";
}

/** What was used between two readings. */
export function cpuBetween(before: CpuSeconds, after: CpuSeconds): CpuSeconds {
  const spent = (kind: keyof CpuSeconds): number => after[kind] - before[kind];
  return {
    engines: spent("engines"),
    services: spent("services"),
    gateway: spent("gateway"),
    ffmpeg: spent("ffmpeg"),
  };
}

/** Memory of a process and its descendants, pages that several of them map counted once (PSS). */
export function memoryMiB(rootPid: number): number {
  return processTree(rootPid).reduce((sum, { pid }) => {
    const kib = /^Pss:\s+(\d+)/m.exec(tryRead(`/proc/${pid}/smaps_rollup`) ?? "")?.[1];
    return sum + Number(kib ?? 0) / 1024;
  }, 0);
}

/** Looks at the memory again and again while `work` is done; the most that was seen. */
export async function peakMemoryMiB(rootPid: number, work: () => Promise<unknown>): Promise<number> {
  const seen = [memoryMiB(rootPid)];
  const timer = setInterval(() => seen.push(memoryMiB(rootPid)), 100);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(...seen);
}

function processTree(rootPid: number): ProcessInfo[] {
  const found = new Map<number, ProcessInfo & { parent: number }>();
  for (const pid of readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    const stat = tryRead(`/proc/${pid}/stat`);
    if (stat === undefined) continue;
    // proc(5): the name may hold anything, and field 3 follows its bracket.
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const seconds = (first: number, second: number): number =>
      ((fields[first - 3] ?? 0) + (fields[second - 3] ?? 0)) / TICKS_PER_SECOND;
    const command = (tryRead(`/proc/${pid}/cmdline`) ?? "").replaceAll("\0", " ");
    const info = { pid, command, cpuS: seconds(14, 15), endedChildrenS: seconds(16, 17) };
    found.set(pid, { ...info, parent: fields[4 - 3] ?? 0 });
  }
  const isInTree = (pid: number): boolean =>
    pid === rootPid || (found.has(pid) && isInTree(found.get(pid)?.parent ?? 0));
  return [...found.values()].filter(({ pid }) => isInTree(pid));
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The process ended meanwhile.
    return undefined;
  }
}
