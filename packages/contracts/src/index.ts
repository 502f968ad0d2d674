export * as edit from "./gen/kinora/edit/v1/edit_pb.ts";
export * as encoder from "./gen/kinora/encoder/v1/encoder_pb.ts";
export * as i2v from "./gen/kinora/i2v/v1/i2v_pb.ts";
export * as t2i from "./gen/kinora/t2i/v1/t2i_pb.ts";
export * as types from "./gen/kinora/types/v1/types_pb.ts";
export * as video from "./gen/kinora/video/v1/video_pb.ts";
