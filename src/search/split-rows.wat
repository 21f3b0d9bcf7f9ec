;; Dot products of a query of 16-bit integers with rows of 8-bit ones, whose width is a multiple of 16.
(module
  (import "" "memory" (memory 1))

  ;; For the rows from $row up to $end, and as many from $end on, written in the same order from $out as 32-bit integers.
  ;; Two at once, so that each part of the query is read once for both; far apart, since memory is read faster in two places.
  (func (export "dots") (param $row i32) (param $end i32) (param $width i32) (param $query i32) (param $out i32)
    (local $other i32)
    (local $apart i32)
    (local $part i32)
    (local $last i32)
    (local $a v128)
    (local $b v128)
    (local $low v128)
    (local $high v128)
    (local $numbers v128)
    (local.set $other (local.get $end))
    (local.set $apart
      (i32.shl (i32.div_u (i32.sub (local.get $end) (local.get $row)) (local.get $width)) (i32.const 2)))
    (loop $pair
      (local.set $last (i32.add (local.get $row) (local.get $width)))
      (local.set $part (local.get $query))
      (local.set $a (v128.const i32x4 0 0 0 0))
      (local.set $b (v128.const i32x4 0 0 0 0))
      (loop $next
        (local.set $low (v128.load (local.get $part)))
        (local.set $high (v128.load offset=16 (local.get $part)))
        (local.set $numbers (v128.load (local.get $row)))
        (local.set $a
          (i32x4.add
            (local.get $a)
            (i32x4.add
              (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $numbers)) (local.get $low))
              (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $numbers)) (local.get $high)))))
        (local.set $numbers (v128.load (local.get $other)))
        (local.set $b
          (i32x4.add
            (local.get $b)
            (i32x4.add
              (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $numbers)) (local.get $low))
              (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $numbers)) (local.get $high)))))
        (local.set $part (i32.add (local.get $part) (i32.const 32)))
        (local.set $other (i32.add (local.get $other) (i32.const 16)))
        (br_if $next
          (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 16))) (local.get $last))))
      (i32.store (local.get $out)
        (i32.add
          (i32.add (i32x4.extract_lane 0 (local.get $a)) (i32x4.extract_lane 1 (local.get $a)))
          (i32.add (i32x4.extract_lane 2 (local.get $a)) (i32x4.extract_lane 3 (local.get $a)))))
      (i32.store (i32.add (local.get $out) (local.get $apart))
        (i32.add
          (i32.add (i32x4.extract_lane 0 (local.get $b)) (i32x4.extract_lane 1 (local.get $b)))
          (i32.add (i32x4.extract_lane 2 (local.get $b)) (i32x4.extract_lane 3 (local.get $b)))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $pair
        (i32.lt_u (local.get $row) (local.get $end))))))
