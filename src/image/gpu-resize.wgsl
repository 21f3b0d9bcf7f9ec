// The passes of Pillow's 8-bit resampling, and the tower's input from what they give. Integers alone: every device
// gives the same bytes. A pixel is four bytes of a 32-bit number, the first in the lowest.

override weight_bits: u32;

struct Pass {
  // Pixels of the result, across and down.
  size: vec2u,
  // Pixels from one row of the source to the next.
  stride: u32,
  // Position of the source's first pixel along the pass.
  first: i32,
  // Weights per pixel of the result.
  taps: u32,
  // 0: along a row, 1: down a column.
  is_down: u32,
}

@group(0) @binding(0) var<uniform> pass_: Pass;
@group(0) @binding(1) var<storage, read> source: array<u32>;
// For each pixel of the result along the pass: starts, then counts, then weights, `taps` a pixel.
@group(0) @binding(2) var<storage, read> filter_: array<i32>;
@group(0) @binding(3) var<storage, read_write> result: array<u32>;

fn bytes_of(pixel: u32) -> vec4i {
  return vec4i((vec4u(pixel) >> vec4u(0, 8, 16, 24)) & vec4u(255));
}

@compute @workgroup_size(8, 8)
fn resample(@builtin(global_invocation_id) at: vec3u) {
  if (any(at.xy >= pass_.size)) {
    return;
  }
  let is_down = pass_.is_down == 1;
  let place = select(at.x, at.y, is_down);
  let length = select(pass_.size.x, pass_.size.y, is_down);
  let step = select(1u, pass_.stride, is_down);
  let line = select(at.y * pass_.stride, at.x, is_down);
  let start = u32(filter_[place] - pass_.first);
  let count = u32(filter_[length + place]);
  let weights = 2 * length + place * pass_.taps;
  var sum = vec4i(1 << (weight_bits - 1));
  for (var tap = 0u; tap < count; tap++) {
    sum += bytes_of(source[line + (start + tap) * step]) * filter_[weights + tap];
  }
  let bytes = vec4u(clamp(sum >> vec4u(weight_bits), vec4i(0), vec4i(255))) << vec4u(0, 8, 16, 24);
  result[at.y * pass_.size.x + at.x] = bytes.x | bytes.y | bytes.z | bytes.w;
}

struct Place {
  // The tower's input, and the picture in it.
  target_size: vec2u,
  padding: vec2u,
  size: vec2u,
  // Numbers of the input before this picture's.
  start: u32,
  fill: u32,
}

@group(0) @binding(0) var<uniform> place_: Place;
// The normalised value of each byte in each channel, `[3, 256]`. Bits, since nothing is computed with them.
@group(0) @binding(2) var<storage, read> normalised: array<u32>;

@compute @workgroup_size(8, 8)
fn place(@builtin(global_invocation_id) at: vec3u) {
  if (any(at.xy >= place_.target_size)) {
    return;
  }
  // Left of or above the picture this wraps, to more than its size.
  let inside = at.xy - place_.padding;
  var bytes = vec4u(place_.fill);
  if (all(inside < place_.size)) {
    bytes = vec4u(bytes_of(source[inside.y * place_.size.x + inside.x]));
  }
  let area = place_.target_size.x * place_.target_size.y;
  let pixel = place_.start + at.y * place_.target_size.x + at.x;
  for (var channel = 0u; channel < 3; channel++) {
    result[pixel + channel * area] = normalised[channel * 256 + bytes[channel]];
  }
}
