/** An entry of package-lock.json, as far as completing it needs. */
export interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The `packages` of package-lock.json: entries by path, for example `node_modules/sharp`. */
export type LockPackages = Readonly<Record<string, LockEntry>>;

/** An optional dependency that the lockfile does not hold. */
export interface MissingEntry {
  readonly name: string;
  readonly version: string;
  readonly dev: boolean;
}

/**
 * Optional dependencies without an entry. npm leaves out those that a registry did not have when it
 * wrote the file (mirrors often lack other platforms' binaries), and `npm ci` then refuses the file.
 */
export function missingEntries(packages: LockPackages): MissingEntry[] {
  const missing = new Map<string, MissingEntry>();
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const dev = entry.dev === true;
      if (!isLocked(packages, path, name)) missing.set(name, { name, version, dev });
    }
  }
  return [...missing.values()];
}

/** The entry for a platform's binary: its name says where it runs, so that npm does not fetch it elsewhere. */
export function platformEntry({ name, version, dev }: MissingEntry): Record<string, unknown> {
  const words = name.split(/[/-]/);
  const os = words
    .map((word) => (word === "win" ? "win32" : word))
    .find((word) => OPERATING_SYSTEMS.has(word));
  const cpu = words.map((word) => CPUS.get(word)).find((word) => word !== undefined);
  if (os === undefined || cpu === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Error(
      `${name} ${version} is no platform's binary of an exact version; run npm install online.`,
    );
  }
  const libc = words.some((word) => word.startsWith("musl")) ? ["musl"] : undefined;
  return { version, cpu: [cpu], ...(dev ? { dev } : {}), ...(libc && { libc }), optional: true, os: [os] };
}

const OPERATING_SYSTEMS = new Set(["android", "darwin", "freebsd", "linux", "openharmony", "win32"]);
const CPUS = new Map([
  ...["arm", "arm64", "ia32", "ppc64", "riscv64", "s390x", "x64"].map((cpu) => [cpu, cpu] as const),
  ["armv7", "arm"] as const,
]);

/** Whether Node's resolution from `path` finds an entry: beside the package or in a folder above. */
function isLocked(packages: LockPackages, path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, folder.lastIndexOf("/"))) {
    const candidate = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (candidate in packages) return true;
    if (!folder.includes("/")) return `node_modules/${name}` in packages;
  }
}
