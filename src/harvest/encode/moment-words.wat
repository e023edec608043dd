;; Whether one of PostgreSQL's words for a moment of its own choosing (`today`, `infinity`, …) stands in some bytes, in
;; small letters or large, with no letter beside it. `npm run build:wasm` makes moment-words.wasm of this.
(module
  (memory (export "memory") 1)

  (func (export "find") (param $at i32) (param $end i32) (result i32)
    (local $letter i32) (local $length i32) (local $word i64) (local $eight i64)
    (block $no
      (block $yes
        (loop $next
          ;; Eight bytes without a letter at once: a letter has bit 6 and not bit 7.
          (block $look
            (br_if $look (local.get $length))
            (loop $skip
              (br_if $look (i32.gt_u (i32.add (local.get $at) (i32.const 8)) (local.get $end)))
              (local.set $eight (i64.load align=1 (local.get $at)))
              (br_if $look
                (i64.ne
                  (i64.and
                    (i64.and (local.get $eight) (i64.const 0x4040404040404040))
                    (i64.xor (i64.shr_u (local.get $eight) (i64.const 1)) (i64.const -1)))
                  (i64.const 0)))
              (local.set $at (i32.add (local.get $at) (i32.const 8)))
              (br $skip)))
          (if (i32.lt_u (local.get $at) (local.get $end))
            (then
              (local.set $letter
                (i32.sub (i32.or (i32.load8_u (local.get $at)) (i32.const 32)) (i32.const 96)))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (if (i32.lt_u (i32.sub (local.get $letter) (i32.const 1)) (i32.const 26))
                (then
                  ;; Five bits for each letter; a longer word than twelve letters has lost its first, and is none of these.
                  (local.set $length (i32.add (local.get $length) (i32.const 1)))
                  (local.set $word
                    (i64.or
                      (i64.shl (local.get $word) (i64.const 5))
                      (i64.extend_i32_u (local.get $letter))))
                  (br $next))))
            (else (br_if $no (i32.eqz (local.get $length)))))
          ;; Here a word has ended, or there was none.
          (if (i32.and (i32.gt_u (local.get $length) (i32.const 2)) (i32.lt_u (local.get $length) (i32.const 10)))
            (then
              (br_if $yes (i64.eq (local.get $word) (i64.const 14839))) ;; now
              (br_if $yes (i64.eq (local.get $word) (i64.const 9670))) ;; inf
              (br_if $yes (i64.eq (local.get $word) (i64.const 14382))) ;; nan
              (br_if $yes (i64.eq (local.get $word) (i64.const 21467193))) ;; today
              (br_if $yes (i64.eq (local.get $word) (i64.const 5782632))) ;; epoch
              (br_if $yes (i64.eq (local.get $word) (i64.const 703753439735))) ;; tomorrow
              (br_if $yes (i64.eq (local.get $word) (i64.const 324481263257))) ;; infinity
              (br_if $yes (i64.eq (local.get $word) (i64.const 47649436051))) ;; allballs
              (br_if $yes (i64.eq (local.get $word) (i64.const 27680667406393))) ;; yesterday
            ))
          (local.set $length (i32.const 0))
          (local.set $word (i64.const 0))
          (br $next)))
      (return (i32.const 1)))
    (i32.const 0)))
