import { isIPv4 } from "node:net";
import { AppError } from "@kinora/errors";

/**
 * Refuses a request whose Host or Origin is not this machine, with `forbidden_origin`. Without keys
 * the gateway listens on loopback only, yet a browser reaches loopback from any page: a foreign page
 * by its Origin, a rebound DNS name by its Host.
 */
export function assertLocal({
  host,
  origin,
}: {
  host: string | undefined;
  origin: string | undefined;
}): void {
  if (host === undefined || !isLocalHost(hostName(`http://${host}`))) throw refused("Host", host);
  if (origin !== undefined && !isLocalHost(hostName(origin))) throw refused("Origin", origin);
}

function hostName(url: string): string | undefined {
  // Userinfo or a path would hide the real host from a reader, not from the parser: no such Host is honest.
  if (/[@\\]/.test(url) || !/^https?:\/\/[^/?#]+$/i.test(url)) return undefined;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

function isLocalHost(name: string | undefined): boolean {
  if (name === undefined) return false;
  return name === "localhost" || name === "[::1]" || (isIPv4(name) && name.startsWith("127."));
}

function refused(header: string, value: string | undefined): AppError {
  return new AppError("forbidden_origin", { header, value: (value ?? "(none)").slice(0, 100) });
}
