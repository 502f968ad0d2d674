import { createKinoraClient } from "@kinora/client";
import { AppError } from "@kinora/errors";
import { makeClip } from "../clip/make-clip.js";
const DEFAULT_ADDRESS = "127.0.0.1:9090";
/** Makes one clip on a running server. */
export async function runGenerate(context, prompt, options) {
    if (prompt === undefined && options.image === undefined) {
        throw new AppError("invalid_prompt", { reason: "Say what to make: a PROMPT, --image FILE, or both." });
    }
    const { grpc, apiKey = context.env["KINORA_API_KEY"], ...wish } = options;
    const grpcAddress = grpc ?? context.env["KINORA_GRPC_ADDR"] ?? DEFAULT_ADDRESS;
    const client = createKinoraClient({ grpcAddress, apiKey });
    try {
        await makeClip(context, client, { prompt, ...wish });
    }
    catch (error) {
        if (!(error instanceof AppError) || error.code !== "unavailable")
            throw error;
        const reason = "nobody answers; start one with npm start, or name another with --grpc HOST:PORT.";
        throw new AppError("unavailable", { what: `The server at ${grpcAddress}`, reason }, { cause: error });
    }
    finally {
        client.close();
    }
}
//# sourceMappingURL=generate.js.map