// The product of two square matrices, each a row after the other. A workgroup of 16 x 16 threads computes 64 x 64
// numbers, each thread 4 x 4, through parts of both matrices that the group reads once. NUMBER is f32 or f16; sums are f32.

override side: u32;

@group(0) @binding(0) var<storage, read> left: array<vec4<NUMBER>>;
@group(0) @binding(1) var<storage, read> right: array<vec4<NUMBER>>;
@group(0) @binding(2) var<storage, read_write> result: array<vec4<NUMBER>>;

// 64 rows of 16 numbers, and 16 rows of 64.
var<workgroup> rows: array<vec4<NUMBER>, 256>;
var<workgroup> columns: array<vec4<NUMBER>, 256>;

@compute @workgroup_size(16, 16)
fn multiply(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) place: u32,
) {
  let quads = side / 4;
  let top = group.y * 64;
  let left_quad = group.x * 16;
  var sums: array<vec4f, 4>;
  for (var part = 0u; part < side; part += 16) {
    rows[place] = left[(top + place / 4) * quads + part / 4 + place % 4];
    columns[place] = right[(part + place / 16) * quads + left_quad + place % 16];
    workgroupBarrier();
    for (var quad = 0u; quad < 4; quad++) {
      let first = vec4f(columns[(quad * 4) * 16 + local.x]);
      let second = vec4f(columns[(quad * 4 + 1) * 16 + local.x]);
      let third = vec4f(columns[(quad * 4 + 2) * 16 + local.x]);
      let fourth = vec4f(columns[(quad * 4 + 3) * 16 + local.x]);
      for (var row = 0u; row < 4; row++) {
        let four = vec4f(rows[(local.y * 4 + row) * 4 + quad]);
        sums[row] += four.x * first + four.y * second + four.z * third + four.w * fourth;
      }
    }
    workgroupBarrier();
  }
  for (var row = 0u; row < 4; row++) {
    result[(top + local.y * 4 + row) * quads + left_quad + local.x] = vec4<NUMBER>(sums[row]);
  }
}
