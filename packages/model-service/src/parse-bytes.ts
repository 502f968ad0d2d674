import { AppError } from "@kinora/errors";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/** A size such as "8GiB", "512 MB" or "1000000" in bytes. Throws `config_invalid` for anything else. */
export function parseBytes(text: string): number {
  const [, number, unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?i?b?)\s*$/i.exec(text) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  if (number === undefined || factor === undefined) {
    const reason = `${JSON.stringify(text)} is not a size; write bytes, or a number with KiB, MiB, GiB, kB, MB or GB.`;
    throw new AppError("config_invalid", { reason });
  }
  return Math.round(Number(number) * factor);
}
