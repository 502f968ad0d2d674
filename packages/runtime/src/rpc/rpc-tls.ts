import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { ChannelCredentials, ServerCredentials } from "@grpc/grpc-js";
import { AppError, errorMessage } from "@kinora/errors";

/** Paths of the PEM files of mutual TLS. */
export interface RpcTls {
  /** The authority that must have signed the other end's certificate. */
  readonly ca: string;
  /** This end's certificate chain. */
  readonly cert: string;
  /** This end's private key. */
  readonly key: string;
}

/** Credentials of a server: plain text without files, otherwise TLS that demands a client certificate. */
export function serverCredentials(tls: RpcTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const { ca, cert, key } = readPem(tls);
  return ServerCredentials.createSsl(ca, [{ cert_chain: cert, private_key: key }], true);
}

/** Credentials of a client: plain text without files, otherwise TLS with its certificate. */
export function channelCredentials(tls: RpcTls | undefined): ChannelCredentials {
  if (tls === undefined) return ChannelCredentials.createInsecure();
  const { ca, cert, key } = readPem(tls);
  return ChannelCredentials.createSsl(ca, key, cert);
}

/** Reads the files and makes sure that they are PEM and that the key belongs to the certificate. */
function readPem(tls: RpcTls): Record<keyof RpcTls, Buffer> {
  const pem = { ca: readFile("CA", tls.ca), cert: readFile("CERT", tls.cert), key: readFile("KEY", tls.key) };
  try {
    createSecureContext(pem);
  } catch (error) {
    const reason =
      `KINORA_RPC_TLS_CA ${tls.ca}, KINORA_RPC_TLS_CERT ${tls.cert} and KINORA_RPC_TLS_KEY ${tls.key} ` +
      `cannot be used together: ${errorMessage(error)}`;
    throw new AppError("config_invalid", { reason }, { cause: error });
  }
  return pem;
}

function readFile(part: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = `KINORA_RPC_TLS_${part} ${path} cannot be read: ${errorMessage(error)}`;
    throw new AppError("config_invalid", { reason }, { cause: error });
  }
}
