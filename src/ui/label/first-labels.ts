/** Labels to begin with, for photos of any kind. */
export const FIRST_LABELS: readonly string[] = [
  ...['cat', 'dog', 'horse', 'person', 'bicycle', 'car', 'boat', 'house', 'flower', 'tree', 'food'],
];

/** Labels to begin with when the sample album is looked at: things that it shows. */
// Why others: whatever a picture shows, its labels share 100% among them, so a guitar among “dog”, “tree” and “food” is
// food for certain. A first look is to show what zero-shot labels can do.
export const ALBUM_LABELS: readonly string[] = [
  ...['dog', 'cat', 'horse', 'pig', 'fox', 'elephant', 'lion', 'penguin', 'owl', 'duck', 'frog', 'turtle'],
  ...['butterfly', 'car', 'bicycle', 'boat', 'airplane', 'guitar', 'trumpet', 'drum', 'pizza', 'hamburger'],
  ...['bread', 'cake', 'ice cream', 'apple', 'banana', 'strawberry', 'watermelon', 'lemon', 'carrot'],
  ...['rose', 'cactus', 'tree', 'house', 'castle', 'tent', 'rainbow', 'umbrella', 'snowman', 'robot'],
  ...['ball', 'balloon', 'trophy', 'crown', 'shoe', 'camera', 'laptop', 'books', 'key', 'scissors'],
];
