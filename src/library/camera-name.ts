/** What makers write after their name. */
const COMPANY =
  /[ ,] ?(?:(?:imaging|optical|computer|camera),? )?(?:corporation|corp\.?|company(?:, ltd\.?)?|co\.?, ?ltd\.?|inc\.?|ag)$/i;

/**
 * A camera's name, "Canon EOS R6", by its tags `Make` and `Model`: makers often repeat their name in the model's. Spaces do
 * not count, nor does what is said of the company: "NIKON CORPORATION", "RICOH IMAGING COMPANY, LTD.". Empty if both are.
 */
export function cameraName(make: string, model: string): string {
  const company = plain(make).replace(COMPANY, '');
  const own = plain(model);
  const maker = company.split(' ')[0] ?? company;
  return own.toLowerCase().startsWith(maker.toLowerCase()) ? own : `${company} ${own}`.trim();
}

function plain(name: string): string {
  return name.replace(/[\s\0]+/g, ' ').trim();
}
