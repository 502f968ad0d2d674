/** A file part of a form. */
export interface FormFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly filename?: string;
  readonly type?: string;
}

/** A multipart body as raw bytes with its header, for `inject`. Entries are [name, text] or a file. */
export function formBody(entries: readonly (readonly [string, string] | FormFile)[]) {
  const boundary = "kinora-test-boundary";
  const chunks: Uint8Array[] = [];
  const text = (line: string) => chunks.push(Buffer.from(line));
  for (const entry of entries) {
    text(`--${boundary}\r\n`);
    if ("bytes" in entry) {
      const { name, bytes, filename = "picture.png", type = "image/png" } = entry;
      text(`content-disposition: form-data; name="${name}"; filename="${filename}"\r\n`);
      text(`content-type: ${type}\r\n\r\n`);
      chunks.push(bytes);
    } else {
      text(`content-disposition: form-data; name="${entry[0]}"\r\n\r\n${entry[1]}`);
    }
    text("\r\n");
  }
  text(`--${boundary}--\r\n`);
  return {
    payload: Buffer.concat(chunks),
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  };
}
