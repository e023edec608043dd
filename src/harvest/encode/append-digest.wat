;; Copies the records of a batch with the digest of each behind it, as COPY takes them: one call for all of them.
;; `npm run build:wasm` makes append-digest.wasm of this.
(module
  (memory (export "memory") 1)

  ;; A CSV line: the record, the delimiter, the digest as PostgreSQL's hexadecimal integer, a newline.
  ;; Returns the address behind the last line.
  (func (export "lines")
    (param $bytes i32) (param $starts i32) (param $ends i32) (param $digests i32)
    (param $count i32) (param $out i32) (param $delimiter i32) (result i32)
    (block $done
      (loop $record
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $out
          (call $copy (local.get $bytes) (local.get $starts) (local.get $ends) (local.get $out)))
        (i32.store8 (local.get $out) (local.get $delimiter))
        (local.set $out (call $hexadecimal (i64.load (local.get $digests)) (i32.add (local.get $out) (i32.const 1))))
        (i32.store8 (local.get $out) (i32.const 10))
        (local.set $out (i32.add (local.get $out) (i32.const 1)))
        (local.set $starts (i32.add (local.get $starts) (i32.const 4)))
        (local.set $ends (i32.add (local.get $ends) (i32.const 4)))
        (local.set $digests (i32.add (local.get $digests) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $record)))
    (local.get $out))

  ;; A binary tuple: the record with its number of fields raised by one, then the digest as an int8 field.
  (func (export "tuples")
    (param $bytes i32) (param $starts i32) (param $ends i32) (param $digests i32)
    (param $count i32) (param $out i32) (result i32)
    (local $fields i32)
    (block $done
      (loop $record
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $fields (local.get $out))
        (local.set $out
          (call $copy (local.get $bytes) (local.get $starts) (local.get $ends) (local.get $out)))
        (call $raise (local.get $fields))
        (i32.store align=1 (local.get $out) (i32.const 0x08000000))
        (call $bigEndian (i64.load (local.get $digests)) (i32.add (local.get $out) (i32.const 4)))
        (local.set $out (i32.add (local.get $out) (i32.const 12)))
        (local.set $starts (i32.add (local.get $starts) (i32.const 4)))
        (local.set $ends (i32.add (local.get $ends) (i32.const 4)))
        (local.set $digests (i32.add (local.get $digests) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $record)))
    (local.get $out))

  ;; Copies the record whose bounds stand at `starts` and `ends` to `out`; returns the address behind it.
  (func $copy (param $bytes i32) (param $starts i32) (param $ends i32) (param $out i32) (result i32)
    (local $size i32)
    (local.set $size (i32.sub (i32.load (local.get $ends)) (i32.load (local.get $starts))))
    (memory.copy
      (local.get $out)
      (i32.add (local.get $bytes) (i32.load (local.get $starts)))
      (local.get $size))
    (i32.add (local.get $out) (local.get $size)))

  ;; Adds one to a big-endian 16-bit number.
  (func $raise (param $at i32)
    (local $number i32)
    (local.set $number
      (i32.add
        (i32.or
          (i32.shl (i32.load8_u (local.get $at)) (i32.const 8))
          (i32.load8_u offset=1 (local.get $at)))
        (i32.const 1)))
    (i32.store8 (local.get $at) (i32.shr_u (local.get $number) (i32.const 8)))
    (i32.store8 offset=1 (local.get $at) (local.get $number)))

  (func $bigEndian (param $value i64) (param $at i32)
    (local $shift i64)
    (local.set $shift (i64.const 56))
    (loop $byte
      (i64.store8 (local.get $at) (i64.shr_u (local.get $value) (local.get $shift)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (local.set $shift (i64.sub (local.get $shift) (i64.const 8)))
      (br_if $byte (i64.ge_s (local.get $shift) (i64.const 0)))))

  ;; `-0x…` or `0x…`, sixteen digits; returns the address behind them.
  (func $hexadecimal (param $value i64) (param $at i32) (result i32)
    (local $shift i64) (local $digit i32)
    (if (i64.lt_s (local.get $value) (i64.const 0))
      (then
        (i32.store8 (local.get $at) (i32.const 0x2d))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $value (i64.sub (i64.const 0) (local.get $value)))))
    (i32.store16 align=1 (local.get $at) (i32.const 0x7830))
    (local.set $at (i32.add (local.get $at) (i32.const 2)))
    (local.set $shift (i64.const 60))
    (loop $next
      (local.set $digit
        (i32.and (i32.wrap_i64 (i64.shr_u (local.get $value) (local.get $shift))) (i32.const 15)))
      (i32.store8 (local.get $at)
        (i32.add
          (local.get $digit)
          (select (i32.const 87) (i32.const 48) (i32.gt_u (local.get $digit) (i32.const 9)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (local.set $shift (i64.sub (local.get $shift) (i64.const 4)))
      (br_if $next (i64.ge_s (local.get $shift) (i64.const 0))))
    (local.get $at)))
