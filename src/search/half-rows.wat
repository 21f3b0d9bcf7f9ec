;; A row of float16 numbers, padded with zeros to whole vectors of eight, made into 16-bit integers.
(module
  (import "" "memory" (memory 1))

  ;; The largest magnitude of a row, as the bits of a float16.
  ;; Without their sign, bits are in the order of the magnitudes; those of no number are the largest.
  (func (export "peak") (param $at i32) (param $end i32) (result i32)
    (local $most v128)
    (loop $next
      (local.set $most
        (i16x8.max_u
          (local.get $most)
          (v128.and (v128.load (local.get $at)) (v128.const i32x4 0x7fff7fff 0x7fff7fff 0x7fff7fff 0x7fff7fff))))
      (br_if $next
        (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end))))
    (local.set $most
      (i16x8.max_u
        (local.get $most)
        (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $most) (local.get $most))))
    (local.set $most
      (i16x8.max_u
        (local.get $most)
        (i8x16.shuffle 4 5 6 7 0 1 2 3 8 9 10 11 12 13 14 15 (local.get $most) (local.get $most))))
    (i16x8.extract_lane_u 0
      (i16x8.max_u
        (local.get $most)
        (i8x16.shuffle 2 3 0 1 4 5 6 7 8 9 10 11 12 13 14 15 (local.get $most) (local.get $most)))))

  ;; Replaces a row by its numbers times $each, each rounded half up.
  ;; Everything in one loop without calls: not every browser moves a function's body to where it is called.
  (func (export "quantise") (param $at i32) (param $end i32) (param $each f64)
    (local $steps v128)
    (local $halves v128)
    (local $values v128)
    (local.set $steps (f64x2.splat (local.get $each)))
    (loop $next
      ;; Four numbers as float32. Exact for finite ones: their bits moved into a float32's places are 2^-112 times the
      ;; number.
      (local.set $halves (v128.load16x4_u (local.get $at)))
      (local.set $values
        (v128.or
          (f32x4.mul
            (i32x4.shl
              (v128.and (local.get $halves) (v128.const i32x4 0x7fff 0x7fff 0x7fff 0x7fff))
              (i32.const 13))
            (v128.const f32x4 0x1p112 0x1p112 0x1p112 0x1p112))
          (i32x4.shl
            (v128.and (local.get $halves) (v128.const i32x4 0x8000 0x8000 0x8000 0x8000))
            (i32.const 16))))
      ;; In double precision, as in `RowChunk.write`. Added to 1.5 * 2^52, an integer is the lower half of the bits.
      (local.set $halves
        (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27
          (f64x2.add
            (f64x2.floor
              (f64x2.add
                (f64x2.mul (f64x2.promote_low_f32x4 (local.get $values)) (local.get $steps))
                (v128.const f64x2 0.5 0.5)))
            (v128.const f64x2 0x1.8p52 0x1.8p52))
          (f64x2.add
            (f64x2.floor
              (f64x2.add
                (f64x2.mul
                  (f64x2.promote_low_f32x4
                    (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $values) (local.get $values)))
                  (local.get $steps))
                (v128.const f64x2 0.5 0.5)))
            (v128.const f64x2 0x1.8p52 0x1.8p52))))
      (v128.store64_lane 0
        (local.get $at)
        (i16x8.narrow_i32x4_s (local.get $halves) (local.get $halves)))
      (br_if $next
        (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end))))))
