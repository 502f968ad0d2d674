import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RpcTls } from "../rpc-tls.ts";

// X.509 by hand (RFC 5280), since node:crypto reads certificates but makes none, and the openssl
// program is not on every machine that runs the tests.

/** An authority for tests that writes the files of one end of mutual TLS into a folder. */
export interface CertificateAuthority {
  /** Makes a certificate for localhost and 127.0.0.1, signed by this authority. */
  issue(name: string): RpcTls;
}

/** Makes an authority whose files go to `folder`, under names that start with `name`. */
export function createCertificateAuthority(folder: string, name: string): CertificateAuthority {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const write = (file: string, text: string) => {
    const path = join(folder, `${name}-${file}.pem`);
    writeFileSync(path, text);
    return path;
  };
  const signed = (subject: string, key: KeyObject, extensions: readonly Buffer[]) =>
    pem(certificate({ subject, issuer: name, key, extensions, signer: keys.privateKey }));
  const ca = write("ca", signed(name, keys.publicKey, [extension(BASIC_CONSTRAINTS, CA_TRUE)]));
  return {
    issue(subject) {
      const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
      return {
        ca,
        cert: write(`${subject}-cert`, signed(subject, own.publicKey, [extension(ALT_NAMES, LOCAL_NAMES)])),
        key: write(`${subject}-key`, own.privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
      };
    },
  };
}

interface CertificateParts {
  readonly subject: string;
  readonly issuer: string;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly signer: KeyObject;
}

function certificate({ subject, issuer, key, extensions, signer }: CertificateParts): Buffer {
  const dayMs = 86_400_000;
  const tbs = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_SHA256,
    distinguishedName(issuer),
    sequence(time(Date.now() - dayMs), time(Date.now() + dayMs)),
    distinguishedName(subject),
    key.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  return sequence(tbs, ECDSA_SHA256, der(0x03, Buffer.from([0]), sign("sha256", tbs, signer)));
}

/** One DER element; its parts are concatenated. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

function extension(id: Buffer, value: Buffer): Buffer {
  return sequence(id, der(0x04, value));
}

function distinguishedName(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(commonName)))));
}

/** UTCTime, YYMMDDHHMMSSZ. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/\D/g, "").slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

function pem(bytes: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${bytes.toString("base64")}\n-----END CERTIFICATE-----\n`;
}

const ECDSA_SHA256 = sequence(oid("2a8648ce3d040302"));
const BASIC_CONSTRAINTS = oid("551d13");
const ALT_NAMES = oid("551d11");
const CA_TRUE = sequence(der(0x01, Buffer.from([0xff])));
const LOCAL_NAMES = sequence(der(0x82, Buffer.from("localhost")), der(0x87, Buffer.from([127, 0, 0, 1])));
