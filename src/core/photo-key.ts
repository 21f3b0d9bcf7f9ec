/** Which photo something is of: the first 16 bytes of the SHA-256 of its file, as 32 lower-case hex digits. */
// Why a photo is known by its content: a photo's number is given anew on each visit, and a name may come to stand for
// another picture. A row found by content is right wherever the photo lies, and a row too many is merely never asked
// for: not even damage to the file can make it answer for another photo.
export type PhotoKey = string;
