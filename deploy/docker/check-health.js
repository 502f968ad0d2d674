// Exit code 0 when a process is ready: `http://HOST:PORT/readyz` for the gateway, `HOST:PORT` for a gRPC
// service. Containers call it; it needs nothing but Node.
import { connect } from "node:http2";

const TIMEOUT_MS = 4000;
const SERVING = 1;
const target = process.argv[2] ?? "";

setTimeout(() => finish(`${target} did not answer within ${TIMEOUT_MS} ms`), TIMEOUT_MS).unref();
if (target.startsWith("http")) await checkHttp(target);
else checkGrpc(target);

async function checkHttp(url) {
  const response = await fetch(url).catch((error) =>
    finish(`${url}: ${error.cause?.message ?? error.message}`),
  );
  finish(response.ok ? undefined : `${url} answered ${response.status}`);
}

/** grpc.health.v1.Health/Check with an empty request: five bytes of frame, no message. */
function checkGrpc(address) {
  const session = connect(`http://${address}`).on("error", (error) => finish(`${address}: ${error.message}`));
  const call = session.request({
    ":method": "POST",
    ":path": "/grpc.health.v1.Health/Check",
    "content-type": "application/grpc",
    te: "trailers",
  });
  const chunks = [];
  call.on("data", (chunk) => chunks.push(chunk));
  call.on("end", () => {
    // The frame's five bytes, then field 1 (status) as a varint.
    const [field, status] = Buffer.concat(chunks).subarray(5);
    finish(
      field === 8 && status === SERVING ? undefined : `${address} is not serving (${status ?? "no status"})`,
    );
  });
  call.end(Buffer.alloc(5));
}

function finish(problem) {
  if (problem !== undefined) console.error(problem);
  process.exit(problem === undefined ? 0 : 1);
}
