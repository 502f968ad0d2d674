import sharp from "sharp";

// libvips reads dozens of formats, SVG and PDF among them; whatever is not needed is not reachable.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp"] });
// One thread per picture: the engine needs the cores, and the bytes must not depend on their number.
sharp.concurrency(1);
// No operation is worth keeping: each picture is read once.
sharp.cache(false);

/** sharp, able to read JPEG, PNG and WebP only. The one way to it in this repository. */
export { sharp as restrictedSharp };
