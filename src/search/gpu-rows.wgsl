// The dot product of a query with each row of a buffer, up to rounding. A row is `quads` times four pairs of 16-bit
// integers, the first of a pair in the low half. Several threads share a row, so that reads are coalesced.

override quads: u32;
override threads_a_row: u32;
override rows_a_group: u32;

@group(0) @binding(0) var<storage, read> rows: array<vec4i>;
// In every group of eight, the even-indexed numbers, then the odd ones.
@group(0) @binding(1) var<storage, read> query: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;

var<workgroup> parts: array<f32, threads_a_row * rows_a_group>;

@compute @workgroup_size(threads_a_row, rows_a_group)
fn dot_rows(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) place: u32,
) {
  let row = group.x * rows_a_group + local.y;
  var sum = 0.0;
  for (var quad = local.x; quad < quads; quad += threads_a_row) {
    let pairs = rows[row * quads + quad];
    let even = vec4f((pairs << vec4u(16)) >> vec4u(16));
    let odd = vec4f(pairs >> vec4u(16));
    sum += dot(even, query[2 * quad]) + dot(odd, query[2 * quad + 1]);
  }
  parts[place] = sum;
  for (var half = threads_a_row / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (local.x < half) {
      parts[place] += parts[place + half];
    }
  }
  if (local.x == 0) {
    sums[row] = parts[place];
  }
}
