import { Client } from "@grpc/grpc-js";
import { channelCredentials, type RpcTls } from "./rpc-tls.ts";

/** One address with its channel. */
export interface Endpoint {
  readonly address: string;
  readonly client: Client;
}

/** The addresses of one client. */
export interface Endpoints {
  /**
   * Endpoints in the order to try; the first one rotates from call to call. A name that stands for
   * several servers comes several times, since round robin sends each attempt to the next server.
   */
  inTurn(): readonly Endpoint[];
  close(): void;
}

/** How to reach the endpoints. */
export interface EndpointOptions {
  readonly addresses: readonly string[];
  readonly tls: RpcTls | undefined;
  readonly maxMessageBytes: number;
}

/** Makes one channel per address; none connects before its first call. */
export function createEndpoints(options: EndpointOptions): Endpoints {
  const credentials = channelCredentials(options.tls);
  const settings = channelSettings(options.maxMessageBytes);
  const endpoints = options.addresses.map((address) => ({
    address,
    client: new Client(address, credentials, settings),
  }));
  let turn = 0;
  return {
    inTurn() {
      const first = turn;
      turn = (turn + 1) % endpoints.length;
      return [...endpoints.slice(first), ...endpoints.slice(0, first)].flatMap(attempts);
    },
    close() {
      for (const { client } of endpoints) client.close();
    },
  };
}

const ATTEMPTS_PER_NAME = 3;

function attempts(endpoint: Endpoint): Endpoint[] {
  const manyServers = /^(dns|ipv4|ipv6):/.test(endpoint.address);
  return Array.from({ length: manyServers ? ATTEMPTS_PER_NAME : 1 }, () => endpoint);
}

function channelSettings(maxMessageBytes: number): Record<string, string | number> {
  return {
    "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 10_000,
    // A service that was restarted is found again within seconds; grpc's default backs off to two minutes.
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 2000,
    "grpc.dns_min_time_between_resolutions_ms": 5000,
    // HTTP proxies of the environment are for the outside, not for calls between services.
    "grpc.enable_http_proxy": 0,
  };
}
