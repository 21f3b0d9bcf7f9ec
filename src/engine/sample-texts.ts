/** Texts of different length and kind, to compare two arithmetics of a text tower with. */
export const SAMPLE_TEXTS: readonly string[] = [
  'dog',
  'a photo of a cat',
  'two red boats on a lake at night',
  'the Eiffel Tower in black and white, 1923',
  'people dancing at a wedding under strings of lights while it is raining outside',
  'a receipt from a supermarket',
  'snow-covered mountains behind a wooden cabin, with smoke rising from the chimney and a path to the door',
  'something blue',
];
