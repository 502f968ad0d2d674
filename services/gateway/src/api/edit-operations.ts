import { AppError } from "@kinora/errors";
import type { JobRecord } from "@kinora/jobs";
import type { EditRequest } from "../edit-job.ts";
import { type EditPorts, validateEditRequest } from "../validate-edit-request.ts";
import type { RawRequest } from "./field-reader.ts";
import { type Asker, type StoreJobPorts, storeJob } from "./store-job.ts";
import { openUploadedClip, type UploadPorts } from "./uploaded-clip.ts";
import type { VideoOperations } from "./video-operations.ts";

/** A request to edit a clip and who sends it. */
interface CreateEdit extends Asker {
  readonly raw: RawRequest;
  /** The clip in the path of a remix. */
  readonly remixOf?: string | undefined;
  /** Whether the path says that the clip goes on. */
  readonly extends?: boolean | undefined;
  /** Where an uploaded clip is. */
  readonly uploadPath?: string | undefined;
}

/** The verb that makes a clip of another one. */
export interface EditOperations {
  create(request: CreateEdit): Promise<JobRecord>;
}

/** What the operations need. */
export interface EditOperationsPorts
  extends Omit<EditPorts, "findVideo">,
    StoreJobPorts,
    Omit<UploadPorts, "store"> {
  readonly videos: Pick<VideoOperations, "get">;
}

/** Builds the operations. */
export function createEditOperations(ports: EditOperationsPorts): EditOperations {
  return {
    async create(asker) {
      const { tenant } = asker.principal;
      const { raw, remixOf, uploadPath, extends: goesOn } = asker;
      const upload = uploadPath === undefined ? undefined : await openUploadedClip(uploadPath, tenant, ports);
      const findVideo = async (id: string) => assertFinished(await ports.videos.get(tenant, id));
      const { request, fingerprint } = await validateEditRequest(
        raw,
        { remixOf, extends: goesOn, upload },
        { ...ports, findVideo },
      );
      const verb = "videos.edit";
      return storeJob(asker, { object: "video", verb, request, cost: costOf(request), fingerprint }, ports);
    },
  };
}

/** Steps x frames x pixels, as for clips; a change of time costs a step, and of a clip that goes on the new frames count. */
function costOf({ steps, source, added, width, height }: EditRequest): number {
  return Math.max(1, steps) * (added || source.numFrames) * width * height;
}

function assertFinished(record: JobRecord): JobRecord {
  if (record.state === "completed") return record;
  const fields = { id: record.id, variant: "video", status: record.state };
  throw new AppError("video_not_ready", fields, { param: "video" });
}
