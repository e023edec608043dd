;; XXH64 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md) of many records in one call: a call and an
;; object for each record would cost several times the hashing. `npm run build:wasm` makes xxh64.wasm of this.
(module
  (memory (export "memory") 1)

  (global $p1 i64 (i64.const 0x9E3779B185EBCA87))
  (global $p2 i64 (i64.const 0xC2B2AE3D27D4EB4F))
  (global $p3 i64 (i64.const 0x165667B19E3779F9))
  (global $p4 i64 (i64.const 0x85EBCA77C2B2AE63))
  (global $p5 i64 (i64.const 0x27D4EB2F165667C5))

  (func $round (param $acc i64) (param $lane i64) (result i64)
    (i64.mul
      (i64.rotl (i64.add (local.get $acc) (i64.mul (local.get $lane) (global.get $p2))) (i64.const 31))
      (global.get $p1)))

  (func $merge (param $hash i64) (param $acc i64) (result i64)
    (i64.add
      (i64.mul
        (i64.xor (local.get $hash) (call $round (i64.const 0) (local.get $acc)))
        (global.get $p1))
      (global.get $p4)))

  ;; The four accumulators over all whole stripes of 32 bytes, converged; the caller goes on behind the last stripe.
  (func $stripes (param $at i32) (param $last i32) (param $seed i64) (result i64)
    (local $a i64) (local $b i64) (local $c i64) (local $d i64) (local $hash i64)
    (local.set $a (i64.add (i64.add (local.get $seed) (global.get $p1)) (global.get $p2)))
    (local.set $b (i64.add (local.get $seed) (global.get $p2)))
    (local.set $c (local.get $seed))
    (local.set $d (i64.sub (local.get $seed) (global.get $p1)))
    (loop $next
      (local.set $a (call $round (local.get $a) (i64.load align=1 (local.get $at))))
      (local.set $b (call $round (local.get $b) (i64.load offset=8 align=1 (local.get $at))))
      (local.set $c (call $round (local.get $c) (i64.load offset=16 align=1 (local.get $at))))
      (local.set $d (call $round (local.get $d) (i64.load offset=24 align=1 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 32)))
      (br_if $next (i32.le_u (local.get $at) (local.get $last))))
    (local.set $hash
      (i64.add
        (i64.add (i64.rotl (local.get $a) (i64.const 1)) (i64.rotl (local.get $b) (i64.const 7)))
        (i64.add (i64.rotl (local.get $c) (i64.const 12)) (i64.rotl (local.get $d) (i64.const 18)))))
    (local.set $hash (call $merge (local.get $hash) (local.get $a)))
    (local.set $hash (call $merge (local.get $hash) (local.get $b)))
    (local.set $hash (call $merge (local.get $hash) (local.get $c)))
    (call $merge (local.get $hash) (local.get $d)))

  (func $one (param $at i32) (param $end i32) (param $seed i64) (result i64)
    (local $hash i64) (local $size i32)
    (local.set $size (i32.sub (local.get $end) (local.get $at)))
    (if (i32.ge_u (local.get $size) (i32.const 32))
      (then
        (local.set $hash
          (call $stripes (local.get $at) (i32.sub (local.get $end) (i32.const 32)) (local.get $seed)))
        (local.set $at (i32.add (local.get $at) (i32.and (local.get $size) (i32.const -32)))))
      (else (local.set $hash (i64.add (local.get $seed) (global.get $p5)))))
    (local.set $hash (i64.add (local.get $hash) (i64.extend_i32_u (local.get $size))))
    (block $words
      (loop $word
        (br_if $words (i32.gt_u (i32.add (local.get $at) (i32.const 8)) (local.get $end)))
        (local.set $hash
          (i64.add
            (i64.mul
              (i64.rotl
                (i64.xor (local.get $hash) (call $round (i64.const 0) (i64.load align=1 (local.get $at))))
                (i64.const 27))
              (global.get $p1))
            (global.get $p4)))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $word)))
    (if (i32.le_u (i32.add (local.get $at) (i32.const 4)) (local.get $end))
      (then
        (local.set $hash
          (i64.add
            (i64.mul
              (i64.rotl
                (i64.xor
                  (local.get $hash)
                  (i64.mul (i64.load32_u align=1 (local.get $at)) (global.get $p1)))
                (i64.const 23))
              (global.get $p2))
            (global.get $p3)))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))))
    (block $bytes
      (loop $byte
        (br_if $bytes (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $hash
          (i64.mul
            (i64.rotl
              (i64.xor (local.get $hash) (i64.mul (i64.load8_u (local.get $at)) (global.get $p5)))
              (i64.const 11))
            (global.get $p1)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $byte)))
    (local.set $hash
      (i64.mul (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 33))) (global.get $p2)))
    (local.set $hash
      (i64.mul (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 29))) (global.get $p3)))
    (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 32))))

  ;; Digests of `count` records: record i is [starts[i], ends[i]) from `bytes` on, its digest goes to out[i].
  (func (export "digest")
    (param $bytes i32) (param $starts i32) (param $ends i32) (param $out i32) (param $count i32) (param $seed i64)
    (block $done
      (loop $record
        (br_if $done (i32.eqz (local.get $count)))
        (i64.store (local.get $out)
          (call $one
            (i32.add (local.get $bytes) (i32.load (local.get $starts)))
            (i32.add (local.get $bytes) (i32.load (local.get $ends)))
            (local.get $seed)))
        (local.set $starts (i32.add (local.get $starts) (i32.const 4)))
        (local.set $ends (i32.add (local.get $ends) (i32.const 4)))
        (local.set $out (i32.add (local.get $out) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $record)))))
