import { createRpcServer } from "../rpc-server.ts";
import { quietServer } from "./steps-service.ts";

// A server process of the tests: listens on the port given as its argument and tells it.
const server = createRpcServer({ ...quietServer(), port: Number(process.argv[2]) });
process.send?.({ port: await server.start() });
