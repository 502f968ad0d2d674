import { AppError } from "@kinora/errors";
import fc from "fast-check";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { craftPng, pngChunk } from "./craft-png.ts";
import { normalizePicture } from "./normalize-picture.ts";
import { decodePng } from "./png.ts";

const SIZE = { width: 64, height: 64 };

async function refusalOf(bytes: Uint8Array): Promise<string> {
  try {
    await normalizePicture(bytes, SIZE);
    return "accepted";
  } catch (error) {
    if (error instanceof AppError && error.code === "invalid_image") return error.message;
    throw error;
  }
}

/** The refusal's sentence, or the size of the PNG that came out, decoded. */
async function outcomeOf(bytes: Uint8Array): Promise<string> {
  const refusal = await refusalOf(bytes);
  if (refusal !== "accepted") return refusal;
  const { width, height } = await decodePng((await normalizePicture(bytes, SIZE)).png);
  return `${width}x${height}`;
}

async function pixelsOf(bytes: Uint8Array, size = SIZE) {
  const { png } = await normalizePicture(bytes, size);
  const picture = await decodePng(png);
  expect([picture.width, picture.height]).toEqual([size.width, size.height]);
  return {
    ...picture,
    at: (x: number, y: number) => [
      ...picture.data.subarray((y * size.width + x) * 3, (y * size.width + x) * 3 + 3),
    ],
  };
}

const plain = (width: number, height: number, color: string) =>
  sharp({ create: { width, height, channels: 3, background: color } });

/** Left half red, right half blue. */
const halves = (width: number, height: number) =>
  plain(width, height, "#ff0000").composite([
    {
      input: { create: { width: width / 2, height, channels: 3, background: "#0000ff" } },
      left: width / 2,
      top: 0,
    },
  ]);

/** A picture with detail, so that cutting and mutating it hits real data. */
function detailed(width: number, height: number) {
  const data = Buffer.alloc(width * height * 3);
  for (let i = 0; i < data.length; i += 1) data[i] = (i * 7 + ((i * i) >> 7)) % 256;
  return sharp(data, { raw: { width, height, channels: 3 } }).blur(1);
}

let real: { name: string; bytes: Buffer }[];
beforeAll(async () => {
  real = [
    { name: "JPEG", bytes: await detailed(200, 150).jpeg().toBuffer() },
    { name: "progressive JPEG", bytes: await detailed(200, 150).jpeg({ progressive: true }).toBuffer() },
    { name: "PNG", bytes: await detailed(120, 150).png().toBuffer() },
    { name: "palette PNG", bytes: await detailed(120, 150).png({ palette: true }).toBuffer() },
    { name: "WebP", bytes: await detailed(200, 150).webp().toBuffer() },
    { name: "lossless WebP", bytes: await detailed(100, 90).webp({ lossless: true }).toBuffer() },
  ];
});

test("whole JPEG, PNG and WebP pictures become PNGs of the asked size", async () => {
  for (const { name, bytes } of real) {
    const { png } = await normalizePicture(bytes, { width: 512, height: 288 });
    const metadata = await sharp(png).metadata();
    expect({ name, ...metadata }).toMatchObject({
      name,
      format: "png",
      width: 512,
      height: 288,
      channels: 3,
      depth: "uchar",
    });
    expect(metadata.exif ?? metadata.icc ?? metadata.xmp).toBeUndefined();
  }
  expect(await normalizePicture(real[0]?.bytes as Buffer, SIZE)).toMatchObject({
    sourceWidth: 200,
    sourceHeight: 150,
  });
});

test("the same upload gives the same bytes", async () => {
  for (const { bytes } of real) {
    expect((await normalizePicture(bytes, SIZE)).png).toEqual((await normalizePicture(bytes, SIZE)).png);
  }
});

test("EXIF rotation is applied and the source size is as it is looked at", async () => {
  // Orientation 6: the viewer turns it a quarter clockwise, so the left (red) half comes to the top.
  const turned = await halves(80, 40).jpeg({ quality: 100 }).withMetadata({ orientation: 6 }).toBuffer();
  expect(await normalizePicture(turned, SIZE)).toMatchObject({ sourceWidth: 40, sourceHeight: 80 });
  const picture = await pixelsOf(turned);
  expect(picture.at(32, 5)[0]).toBeGreaterThan(240);
  expect(picture.at(32, 58)[2]).toBeGreaterThan(240);
  expect((await sharp((await normalizePicture(turned, SIZE)).png).metadata()).orientation).toBeUndefined();
});

test("the centre is cut out, not the edge, and not squeezed", async () => {
  const stripes = plain(300, 100, "#00ff00").composite(
    [0, 200].map((left) => ({
      input: { create: { width: 100, height: 100, channels: 3 as const, background: "#ff0000" } },
      left,
      top: 0,
    })),
  );
  const picture = await pixelsOf(await stripes.png().toBuffer());
  for (const [x, y] of [
    [4, 4],
    [59, 4],
    [32, 60],
  ] as const)
    expect(picture.at(x, y)).toEqual([0, 255, 0]);
});

test("transparent parts become white", async () => {
  const clear = sharp({
    create: { width: 50, height: 50, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  });
  for (const bytes of [await clear.clone().png().toBuffer(), await clear.clone().webp().toBuffer()]) {
    expect((await pixelsOf(bytes)).at(10, 10)).toEqual([255, 255, 255]);
  }
});

test("grey, 16-bit and CMYK pictures become 8-bit RGB of the same colour", async () => {
  const grey = await plain(20, 20, "#808080").greyscale().png().toBuffer();
  expect((await pixelsOf(grey)).at(9, 9)).toEqual([128, 128, 128]);
  const deep = await plain(20, 20, "#4080c0").toColourspace("rgb16").png().toBuffer();
  expect((await sharp(deep).metadata()).depth).toBe("ushort");
  expect((await pixelsOf(deep)).at(9, 9)).toEqual([0x40, 0x80, 0xc0]);
  const cmyk = await plain(20, 20, "#ff0000").toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer();
  expect((await sharp(cmyk).metadata()).space).toBe("cmyk");
  const [red = 0, green = 255] = (await pixelsOf(cmyk)).at(9, 9);
  expect(red).toBeGreaterThan(200);
  expect(green).toBeLessThan(60);
});

test("a wide-gamut profile is converted, not ignored", async () => {
  const p3 = await plain(20, 20, "#00ff00").withIccProfile("p3").png().toBuffer();
  const ignored = await sharp(p3).metadata();
  expect(ignored.icc).toBeDefined();
  const [red = 255, green = 0] = (await pixelsOf(p3)).at(9, 9);
  expect([red < 30, green > 240]).toEqual([true, true]);
});

test("one pixel and extreme shapes work", async () => {
  expect((await pixelsOf(await plain(1, 1, "#123456").png().toBuffer())).at(63, 63)).toEqual([
    0x12, 0x34, 0x56,
  ]);
  expect((await pixelsOf(await plain(16_000, 1, "#123456").png().toBuffer())).at(0, 0)).toEqual([
    0x12, 0x34, 0x56,
  ]);
  expect(
    (await pixelsOf(await plain(1, 16_000, "#123456").webp({ lossless: true }).toBuffer())).at(0, 0)[0],
  ).toBe(0x12);
});

test("other files are refused by what they look like", async () => {
  const cases: [Uint8Array, string][] = [
    [new Uint8Array(), "is empty"],
    [Buffer.from("hello, this is text"), "no picture"],
    [
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      "an SVG, XML or HTML document",
    ],
    [await plain(9, 9, "red").gif().toBuffer(), "a GIF"],
    [await plain(9, 9, "red").tiff().toBuffer(), "a TIFF"],
    [await plain(64, 64, "red").avif({ effort: 0 }).toBuffer(), "an AVIF picture"],
    [Buffer.from("%PDF-1.7"), "a PDF"],
    [Buffer.from("\0\0\0\x20ftypisom", "latin1"), "a video"],
  ];
  for (const [bytes, text] of cases) {
    const refusal = await refusalOf(bytes);
    expect(refusal).toContain(text);
    expect(refusal).toContain("send a JPEG, PNG or WebP picture");
  }
});

test("a loader that is not needed cannot be reached by a disguised file", async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  await expect(sharp(svg).metadata()).rejects.toThrow("unsupported image format");
});

test("truncated pictures are refused at every cut", async () => {
  for (const { name, bytes } of real) {
    for (const part of [0.2, 0.5, 0.8, 0.95]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * part));
      expect(await refusalOf(cut), `${name} cut at ${part}`).toContain("damaged or cut off");
    }
  }
});

test("animated pictures are refused", async () => {
  const pages = await halves(10, 20).raw().toBuffer();
  const webp = await sharp(pages, { raw: { width: 10, height: 20, channels: 3, pageHeight: 10 } })
    .webp({ loop: 0, delay: [100, 100], lossless: true })
    .toBuffer();
  expect((await sharp(webp).metadata()).pages).toBe(2);
  expect(await refusalOf(webp)).toContain("The WebP is animated; send a still picture.");
  const apng = craftPng(2, 1, Buffer.alloc(7), [pngChunk("acTL", Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]))]);
  expect(await refusalOf(apng)).toContain("The PNG is animated; send a still picture.");
  const still = craftPng(2, 1, Buffer.alloc(7));
  expect(await refusalOf(still)).toBe("accepted");
});

test("decompression bombs are refused fast, with the size that would be right", async () => {
  const bombs = [
    craftPng(30_000, 30_000, Buffer.alloc(100_000)),
    craftPng(4_097, 4_096, Buffer.alloc((4_097 * 3 + 1) * 4_096)),
    craftPng(2 ** 31 - 1, 1, Buffer.alloc(10)),
  ];
  for (const bomb of bombs) {
    const started = performance.now();
    expect(await refusalOf(bomb)).toMatch(/16777216 pixels|damaged or cut off/);
    expect(performance.now() - started).toBeLessThan(200);
  }
  expect(await refusalOf(bombs[0] as Buffer)).toContain("30000 x 30000 pixels");
  const largest = craftPng(4_096, 4_096, Buffer.alloc((4_096 * 3 + 1) * 4_096));
  expect(await refusalOf(largest)).toBe("accepted");
});

test("random bytes behind a magic number are refused or become a picture", async () => {
  const magic = fc.constantFrom("\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "RIFF\x10\0\0\0WEBPVP8 ", "");
  const file = fc.tuple(magic, fc.uint8Array({ maxLength: 300 }));
  await fc.assert(
    fc.asyncProperty(file, async ([head, tail]) => {
      const refusal = await refusalOf(Buffer.concat([Buffer.from(head, "latin1"), tail]));
      expect(refusal).toMatch(/; (send|save) /);
    }),
    { numRuns: 200 },
  );
});

test("mutated real files give a refusal with a sentence or a PNG of the right size", async () => {
  const mutation = fc.record({
    file: fc.nat({ max: 5 }),
    places: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 6,
    }),
    cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(mutation, async ({ file, places, cut }) => {
      const bytes = Buffer.from(real[file]?.bytes as Buffer);
      // Half of the hits go to the first 64 bytes, where the structure is.
      for (const [n, [place, value]] of places.entries()) {
        bytes[Math.floor(place * (n % 2 ? bytes.length - 1 : 63))] = value;
      }
      const mutated = cut === null ? bytes : bytes.subarray(0, Math.ceil(cut * bytes.length));
      expect(await outcomeOf(mutated)).toMatch(/^64x64$|; (send|save) /);
    }),
    { numRuns: 400 },
  );
});
