;; Pillow's two passes over 8-bit pixels, in the integers of `resize.ts`. Sums begin with half a unit, so that the shift
;; by 22 bits rounds; what lies outside 0..255 is clipped. Tables are those of `FilterTable`, places are in bytes.
(module
  (import "" "memory" (memory 1))

  ;; Rows of RGBX, their pixels resampled to packed RGB. Writes one byte more.
  (func (export "across")
    (param $row i32) (param $stride i32) (param $rows i32)
    (param $starts i32) (param $counts i32) (param $weights i32) (param $taps i32) (param $length i32)
    (param $out i32)
    (local $x i32) (local $pixel i32) (local $weight i32) (local $end i32) (local $sum v128)
    (loop $nextRow
      (local.set $x (i32.const 0))
      (loop $nextPixel
        (local.set $pixel
          (i32.add
            (local.get $row)
            (i32.shl
              (i32.load (i32.add (local.get $starts) (i32.shl (local.get $x) (i32.const 2))))
              (i32.const 2))))
        (local.set $weight
          (i32.add
            (local.get $weights)
            (i32.shl (i32.mul (local.get $x) (local.get $taps)) (i32.const 2))))
        (local.set $end
          (i32.add
            (local.get $weight)
            (i32.shl
              (i32.load (i32.add (local.get $counts) (i32.shl (local.get $x) (i32.const 2))))
              (i32.const 2))))
        (local.set $sum (v128.const i32x4 0x200000 0x200000 0x200000 0x200000))
        (loop $nextTap
          (local.set $sum
            (i32x4.add
              (local.get $sum)
              (i32x4.mul
                (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $pixel))))
                (v128.load32_splat (local.get $weight)))))
          (local.set $pixel (i32.add (local.get $pixel) (i32.const 4)))
          (br_if $nextTap
            (i32.lt_u
              (local.tee $weight (i32.add (local.get $weight) (i32.const 4)))
              (local.get $end))))
        (local.set $sum (i32x4.shr_s (local.get $sum) (i32.const 22)))
        (local.set $sum (i16x8.narrow_i32x4_s (local.get $sum) (local.get $sum)))
        (v128.store32_lane 0 (local.get $out) (i8x16.narrow_i16x8_u (local.get $sum) (local.get $sum)))
        (local.set $out (i32.add (local.get $out) (i32.const 3)))
        (br_if $nextPixel
          (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 1))) (local.get $length))))
      (local.set $row (i32.add (local.get $row) (local.get $stride)))
      (br_if $nextRow (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; Packed rows, resampled to `$length` of them, sixteen bytes at once. Reads and writes up to fifteen bytes more.
  (func (export "down")
    (param $rows i32) (param $stride i32)
    (param $starts i32) (param $counts i32) (param $weights i32) (param $taps i32) (param $length i32)
    (param $out i32)
    (local $first i32) (local $x i32) (local $at i32) (local $weight i32) (local $end i32)
    (local $bytes v128) (local $each v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $nextRow
      (local.set $first
        (i32.add (local.get $rows) (i32.mul (i32.load (local.get $starts)) (local.get $stride))))
      (local.set $x (i32.const 0))
      (loop $nextBytes
        (local.set $at (i32.add (local.get $first) (local.get $x)))
        (local.set $weight (local.get $weights))
        (local.set $end
          (i32.add (local.get $weight) (i32.shl (i32.load (local.get $counts)) (i32.const 2))))
        (local.set $a (v128.const i32x4 0x200000 0x200000 0x200000 0x200000))
        (local.set $b (local.get $a))
        (local.set $c (local.get $a))
        (local.set $d (local.get $a))
        (loop $nextTap
          (local.set $each (v128.load32_splat (local.get $weight)))
          (local.set $bytes (i16x8.extend_low_i8x16_u (v128.load (local.get $at))))
          (local.set $a
            (i32x4.add
              (local.get $a)
              (i32x4.mul (i32x4.extend_low_i16x8_u (local.get $bytes)) (local.get $each))))
          (local.set $b
            (i32x4.add
              (local.get $b)
              (i32x4.mul (i32x4.extend_high_i16x8_u (local.get $bytes)) (local.get $each))))
          (local.set $bytes (i16x8.extend_high_i8x16_u (v128.load (local.get $at))))
          (local.set $c
            (i32x4.add
              (local.get $c)
              (i32x4.mul (i32x4.extend_low_i16x8_u (local.get $bytes)) (local.get $each))))
          (local.set $d
            (i32x4.add
              (local.get $d)
              (i32x4.mul (i32x4.extend_high_i16x8_u (local.get $bytes)) (local.get $each))))
          (local.set $at (i32.add (local.get $at) (local.get $stride)))
          (br_if $nextTap
            (i32.lt_u
              (local.tee $weight (i32.add (local.get $weight) (i32.const 4)))
              (local.get $end))))
        (v128.store
          (i32.add (local.get $out) (local.get $x))
          (i8x16.narrow_i16x8_u
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (local.get $a) (i32.const 22))
              (i32x4.shr_s (local.get $b) (i32.const 22)))
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (local.get $c) (i32.const 22))
              (i32x4.shr_s (local.get $d) (i32.const 22)))))
        (br_if $nextBytes
          (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 16))) (local.get $stride))))
      (local.set $starts (i32.add (local.get $starts) (i32.const 4)))
      (local.set $counts (i32.add (local.get $counts) (i32.const 4)))
      (local.set $weights (i32.add (local.get $weights) (i32.shl (local.get $taps) (i32.const 2))))
      (local.set $out (i32.add (local.get $out) (local.get $stride)))
      (br_if $nextRow (local.tee $length (i32.sub (local.get $length) (i32.const 1)))))))
