/** kinora.edit.v1: pictures and clips changed as an instruction says. */
export * as edit from "./gen/kinora/edit/v1/edit_pb.ts";
/** kinora.encoder.v1: everything between the outside and latents. */
export * as encoder from "./gen/kinora/encoder/v1/encoder_pb.ts";
/** kinora.i2v.v1: a picture's latents to the latents of all frames. */
export * as i2v from "./gen/kinora/i2v/v1/i2v_pb.ts";
/** kinora.image.v1: the public API of pictures. */
export * as image from "./gen/kinora/image/v1/image_pb.ts";
/** kinora.t2i.v1: text to the latents of a keyframe. */
export * as t2i from "./gen/kinora/t2i/v1/t2i_pb.ts";
/** kinora.types.v1: messages that several services share. */
export * as types from "./gen/kinora/types/v1/types_pb.ts";
/** kinora.video.v1: the public API of clips. */
export * as video from "./gen/kinora/video/v1/video_pb.ts";
