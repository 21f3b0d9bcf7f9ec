/** A photo's content key: the first 16 bytes of its file's SHA-256, as 32 lower-case hex digits. */
// Why key by content: ids and paths can come to mean another picture. A row found by content is right wherever the
// photo is, and a leftover row is simply never used; not even file damage can assign it to another photo.
export type PhotoKey = string;
