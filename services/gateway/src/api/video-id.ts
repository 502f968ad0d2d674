/** A video's id. */
export const VIDEO_ID = /^video_[0-9a-f]{32}$/;
