import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiBench, openApiBench } from "./testing/api-bench.ts";
import { animatedPng, png } from "./testing/craft-png.ts";
import { type FormFile, formBody } from "./testing/form-body.ts";

let bench: ApiBench;
beforeAll(async () => {
  bench = await openApiBench();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

interface Refusal {
  readonly status?: number;
  readonly code: string;
  readonly param: string | null;
  readonly says: RegExp;
}

/** Posts, and checks the envelope, that nothing was stored, and that the server still answers. */
async function expectRefusal(request: object, { status = 400, code, param, says }: Refusal) {
  const answer = await bench.app.inject({ method: "POST", url: "/v1/videos", ...request });
  expect(answer.statusCode).toBe(status);
  const { error } = answer.json();
  expect(error).toEqual({
    message: expect.stringMatching(says),
    type: "invalid_request_error",
    param,
    code,
  });
  expect(answer.headers["x-should-retry"]).toBe("false");
  expect(answer.headers["x-request-id"]).toBeTruthy();
  expect(await bench.jobs.stats()).toMatchObject({ queued: 0, running: 0 });
  expect((await bench.store.list("inputs/")[Symbol.asyncIterator]().next()).done).toBe(true);
  expect((await bench.app.inject("/livez")).statusCode).toBe(200);
}

const json = (payload: object) => ({ payload });
const raw = (payload: string | Buffer, type: string) => ({ payload, headers: { "content-type": type } });
const file = (bytes: Uint8Array, more: Partial<FormFile> = {}) =>
  formBody([["prompt", "x"], { name: "input_reference", bytes, ...more }]);

describe("prompts", () => {
  const expectPromptRefusal = (prompt: unknown, says: RegExp) =>
    expectRefusal(json({ prompt }), { code: "invalid_prompt", param: "prompt", says });

  it.each(["", "   ", "\u200b\u200d", "\n\t"])("refuses the blank %j without a picture", async (prompt) => {
    await expectPromptRefusal(prompt, /blank.*picture/);
  });
  it("refuses none at all without a picture", async () => {
    await expectRefusal(json({}), { code: "invalid_prompt", param: "prompt", says: /blank/ });
    await expectRefusal({}, { code: "invalid_prompt", param: "prompt", says: /blank/ });
    await expectRefusal(formBody([]), { code: "invalid_prompt", param: "prompt", says: /blank/ });
  });
  it.each(["a\u0000b", "a\u0007b", "a\u001bb", "a\u007fb", "a\u0085b"])(
    "refuses the control character in %j",
    async (prompt) => {
      await expectPromptRefusal(prompt, /control character U\+00/);
    },
  );
  it.each(["a\u202eb", "a\u2066b"])("refuses the bidirectional character in %j", async (prompt) => {
    await expectPromptRefusal(prompt, /bidirectional character U\+20/);
  });
  it("refuses an unpaired surrogate", async () => {
    await expectRefusal(raw('{"prompt":"a\\ud800"}', "application/json"), {
      code: "invalid_prompt",
      param: "prompt",
      says: /surrogate/,
    });
  });
  it("refuses 4001 characters and takes 4000, counted as code points", async () => {
    await expectPromptRefusal("a".repeat(4001), /4001 characters; the limit is 4000/);
    await expectPromptRefusal("a".repeat(40_000), /limit is 4000/);
    const fits = await bench.app.inject({
      method: "POST",
      url: "/v1/videos",
      payload: { prompt: "🐕".repeat(4000) },
    });
    expect(fits.statusCode).toBe(200);
    await bench.jobs.delete("local", fits.json().id);
  });
  it("refuses another type", async () => {
    await expectRefusal(json({ prompt: 7 }), {
      code: "invalid_request",
      param: "prompt",
      says: /string; got 7/,
    });
  });
});

describe("fields", () => {
  it.each([
    [{ size: "1280x720" }, "size", /size must be 512x512 .* got "1280x720"/],
    [{ size: 512 }, "size", /string; got 512/],
    [{ width: 1280, height: 720 }, "width", /width must be 512; got 1280/],
    [{ width: 512 }, "height", /send width and height together/],
    [{ seconds: "8" }, "seconds", /seconds must be "4" .* got "8"/],
    [{ seconds: 5 }, "seconds", /got 5/],
    [{ seconds: [4] }, "seconds", /got \[4\]/],
    [{ seed: -1 }, "seed", /integer from 0 to 9007199254740991; got -1/],
    [{ seed: 1.5 }, "seed", /got 1.5/],
    [{ seed: 2 ** 53 }, "seed", /got 9007199254740992/],
    [{ seed: "7" }, "seed", /got "7"/],
    [{ seed: [1, 2] }, "seed", /got \[1,2\]/],
    [{ num_inference_steps: 0 }, "num_inference_steps", /from 1 to 50; got 0/],
    [{ num_inference_steps: 51 }, "num_inference_steps", /got 51/],
    [{ guidance_scale: 99 }, "guidance_scale", /from 1 to 8; got 99/],
    [{ fps: 24 }, "fps", /fps must be 16; got 24/],
    [{ num_frames: 81 }, "num_frames", /num_frames must be 65; got 81/],
  ])("refuses %j", async (fields, param, says) => {
    await expectRefusal(json({ prompt: "x", ...fields }), { code: "invalid_request", param, says });
  });

  it.each(["7.0", "0x7", "07", " 7", "", "1e3", "NaN", "9007199254740993", "٣"])(
    "refuses the seed %j of a form",
    async (seed) => {
      const request = formBody([
        ["prompt", "x"],
        ["seed", seed],
      ]);
      await expectRefusal(request, { code: "invalid_request", param: "seed", says: /integer/ });
    },
  );

  it("refuses a model that is not here and names those that are", async () => {
    const refusal = {
      code: "model_not_found",
      param: "model",
      says: /no model sora-3. Models here: tiny/,
    };
    await expectRefusal(json({ prompt: "x", model: "sora-3" }), refusal);
  });

  it("names unknown fields and the known ones", async () => {
    const says = /Unknown field promt, sze\. Accepted fields: prompt, model, /;
    await expectRefusal(json({ promt: "x", sze: 1 }), { code: "unknown_field", param: "promt", says });
    await expectRefusal(
      formBody([
        ["promt", "x"],
        ["sze", "1"],
      ]),
      { code: "unknown_field", param: "promt", says },
    );
    await expectRefusal(raw('{"__proto__":{"a":1},"prompt":"x"}', "application/json"), {
      code: "unknown_field",
      param: "__proto__",
      says: /__proto__/,
    });
  });

  it.each(["negative_prompt", "n", "generate_sound", "sound", "lora", "flow_shift"])(
    "says that the model lacks %s",
    async (field) => {
      const says = new RegExp(`Model tiny does not support ${field}\\.`);
      await expectRefusal(json({ prompt: "x", [field]: 1 }), {
        code: "unsupported_parameter",
        param: field,
        says,
      });
    },
  );

  it("takes null for not sent", async () => {
    const payload = { prompt: "x", negative_prompt: null, seed: null, size: null, input_reference: null };
    const answer = await bench.app.inject({ method: "POST", url: "/v1/videos", payload });
    expect(answer.statusCode).toBe(200);
    await bench.jobs.delete("local", answer.json().id);
  });
});

describe("bodies", () => {
  it.each(["{", "", "nonsense", '{"prompt":"x"', "{'prompt':'x'}"].filter(Boolean))(
    "refuses the JSON %j",
    async (body) => {
      await expectRefusal(raw(body, "application/json"), {
        code: "malformed_json",
        param: null,
        says: /not valid JSON/,
      });
    },
  );
  it("refuses JSON that is not UTF-8, and that is no object", async () => {
    const latin1 = Buffer.from('{"prompt":"perch\xe9"}', "latin1");
    await expectRefusal(raw(latin1, "application/json"), {
      code: "malformed_json",
      param: null,
      says: /JSON/,
    });
    for (const body of ['["x"]', '"x"', "7"]) {
      await expectRefusal(raw(body, "application/json"), {
        code: "invalid_request",
        param: null,
        says: /JSON object/,
      });
    }
  });
  it("refuses JSON over 64 KiB, and over 28 MiB with a data URL", async () => {
    const refusal = { status: 413, code: "payload_too_large", param: null, says: /too large; the limit is/ };
    await expectRefusal(json({ prompt: "x", junk: "a".repeat(70_000) }), refusal);
    const picture = `data:image/png;base64,${"A".repeat(70_000)}`;
    await expectRefusal(json({ prompt: "a".repeat(70_000), input_reference: picture }), refusal);
    await expectRefusal(
      json({ input_reference: `data:image/png;base64,${"A".repeat(29 * 1024 * 1024)}` }),
      refusal,
    );
  });
  it("refuses other media types", async () => {
    const refusal = {
      status: 415,
      code: "unsupported_media_type",
      param: null,
      says: /send application\/json or multipart/,
    };
    await expectRefusal(raw("prompt=x", "application/x-www-form-urlencoded"), refusal);
    await expectRefusal(raw("x", "text/plain"), refusal);
    await expectRefusal(raw("x", "not a type"), refusal);
  });
  it("refuses broken forms", async () => {
    const refusal = { code: "malformed_multipart", param: null, says: /multipart body could not be read/ };
    await expectRefusal(raw("x", "multipart/form-data"), refusal);
    await expectRefusal(raw("no boundary in here", "multipart/form-data; boundary=b"), refusal);
    const whole = formBody([["prompt", "x"]]);
    await expectRefusal({ ...whole, payload: whole.payload.subarray(0, -20) }, refusal);
    const cut = file(Buffer.alloc(1000, 1));
    await expectRefusal({ ...cut, payload: cut.payload.subarray(0, -500) }, refusal);
  });
  it("refuses forms with too much in them", async () => {
    const many = Array.from({ length: 20 }, (_, index) => [`f${index}`, "x"] as const);
    await expectRefusal(formBody(many), { code: "malformed_multipart", param: null, says: /too many/ });
    const long = formBody([["prompt", "a".repeat(20_000)]]);
    await expectRefusal(long, {
      status: 413,
      code: "payload_too_large",
      param: "prompt",
      says: /Field prompt .* 16 KiB/,
    });
    await expectRefusal(
      formBody([
        ["prompt", "x"],
        ["prompt", "y"],
      ]),
      {
        code: "invalid_request",
        param: "prompt",
        says: /more than once/,
      },
    );
    await expectRefusal(formBody([["constructor", "x"]]), {
      code: "malformed_multipart",
      param: null,
      says: /forbidden/,
    });
  });
});

describe("pictures", () => {
  const expectImageRefusal = (request: object, says: RegExp) =>
    expectRefusal(request, { code: "invalid_image", param: "input_reference", says });

  it("refuses what is no picture", async () => {
    await expectImageRefusal(file(Buffer.from("hello")), /looks like no picture/);
    await expectImageRefusal(file(Buffer.alloc(0)), /empty/);
    await expectImageRefusal(file(Buffer.from("GIF89a-and-so-on")), /GIF/);
    await expectImageRefusal(file(Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>")), /SVG/);
    await expectImageRefusal(file(png(8, 8).subarray(0, 48)), /damaged or cut off/);
  });
  it("refuses a decompression bomb and an animation", async () => {
    await expectImageRefusal(file(png(30_000, 30_000)), /30000 x 30000 pixels/);
    await expectImageRefusal(file(animatedPng()), /animated/);
  });
  it("refuses a file over 20 MiB, two files, and a file of another name", async () => {
    const huge = { status: 413, code: "payload_too_large", param: "input_reference", says: /20 MiB/ };
    await expectRefusal(file(Buffer.alloc(21 * 1024 * 1024)), huge);
    const bytes = Buffer.from("x");
    const two = formBody([
      { name: "input_reference", bytes },
      { name: "input_reference", bytes },
    ]);
    await expectRefusal(two, { code: "malformed_multipart", param: null, says: /one file/ });
    await expectRefusal(formBody([{ name: "mask", bytes }]), {
      code: "unknown_field",
      param: "mask",
      says: /mask/,
    });
    await expectRefusal(formBody([{ name: "prompt", bytes }]), {
      code: "invalid_request",
      param: "prompt",
      says: /text, not a file/,
    });
  });
  it.each([
    ["https://example.com/a.png", /not fetched here/],
    ["http://169.254.169.254/", /not fetched here/],
    ["/etc/passwd", /data URL/],
    ["data:image/svg+xml;base64,AAAA", /PNG, JPEG or WebP/],
    ["data:image/png,AAAA", /data URL/],
    ["data:image/png;base64,A*==", /not valid base64/],
    [7, /got 7/],
    [["x"], /got/],
    [{}, /exactly image_url/],
    [{ file_id: "file-1" }, /file_id is not supported here/],
    [{ image_url: "https://example.com/a.png" }, /not fetched here/],
    [{ image_url: 7 }, /must be a data URL/],
    [{ image_url: "data:image/png;base64,AAAA", file_id: "x" }, /exactly image_url/],
    [{ url: "x" }, /exactly image_url/],
  ])("refuses input_reference %j", async (input_reference, says) => {
    await expectImageRefusal(json({ prompt: "x", input_reference }), says);
  });
  it("refuses file_id and addresses in a form's bracket keys", async () => {
    await expectImageRefusal(formBody([["input_reference[file_id]", "file-1"]]), /file_id is not supported/);
    await expectImageRefusal(
      formBody([["input_reference[image_url]", "https://example.com/a.png"]]),
      /not fetched/,
    );
    const twice = formBody([
      ["input_reference[image_url]", "a"],
      ["input_reference", "b"],
    ]);
    await expectRefusal(twice, { code: "invalid_request", param: "input_reference", says: /more than once/ });
  });
  it("decodes no picture when a field is wrong", async () => {
    const request = formBody([
      ["prompt", "x"],
      ["seed", "x"],
      { name: "input_reference", bytes: Buffer.from("no") },
    ]);
    await expectRefusal(request, { code: "invalid_request", param: "seed", says: /seed/ });
  });
});
