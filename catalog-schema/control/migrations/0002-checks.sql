-- Check functions used by the item checks of every lane. Immutable, null in gives null out (null is "no value";
-- whether a value is required is another check).

create function guiji.full_match(value text, pattern text) returns boolean
  language sql immutable parallel safe strict
  return value ~ ('^(?:' || pattern || ')$');

-- GB 32100-2015: 18 characters, weights 3^(i-1) mod 31, alphabet without I O S V Z.
create function guiji.valid_uscc(value text) returns boolean
  language sql immutable parallel safe strict
  begin atomic
    select value ~ '^[0-9A-HJ-NPQRTUWXY]{18}$' and (
      31 - (select sum((strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(value, i, 1)) - 1)
              * (array[1,3,9,27,19,26,16,17,20,29,25,13,8,24,10,30,28])[i])
            from generate_series(1, 17) i) % 31) % 31
      = strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(value, 18, 1)) - 1;
  end;

-- GB 11643-1999: 17 digits and a check character (ISO 7064 MOD 11-2), with a birth date that exists.
create function guiji.valid_idcard(value text) returns boolean
  language sql immutable parallel safe strict
  begin atomic
    select case
      when value !~ '^[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[0-9X]$' then false
      when not pg_input_is_valid(substr(value, 7, 8), 'date') then false
      else substr('10X98765432', (
        (ascii(substr(value, 1, 1)) - 48) * 7 + (ascii(substr(value, 2, 1)) - 48) * 9 +
        (ascii(substr(value, 3, 1)) - 48) * 10 + (ascii(substr(value, 4, 1)) - 48) * 5 +
        (ascii(substr(value, 5, 1)) - 48) * 8 + (ascii(substr(value, 6, 1)) - 48) * 4 +
        (ascii(substr(value, 7, 1)) - 48) * 2 + (ascii(substr(value, 8, 1)) - 48) * 1 +
        (ascii(substr(value, 9, 1)) - 48) * 6 + (ascii(substr(value, 10, 1)) - 48) * 3 +
        (ascii(substr(value, 11, 1)) - 48) * 7 + (ascii(substr(value, 12, 1)) - 48) * 9 +
        (ascii(substr(value, 13, 1)) - 48) * 10 + (ascii(substr(value, 14, 1)) - 48) * 5 +
        (ascii(substr(value, 15, 1)) - 48) * 8 + (ascii(substr(value, 16, 1)) - 48) * 4 +
        (ascii(substr(value, 17, 1)) - 48) * 2) % 11 + 1, 1) = substr(value, 18, 1)
      end;
  end;

-- GB 11714-1997: 8 characters and a check character, with or without the hyphen.
create function guiji.valid_orgcode(value text) returns boolean
  language sql immutable parallel safe strict
  begin atomic
    select value ~ '^[0-9A-Z]{8}-?[0-9X]$' and
      (array['0','1','2','3','4','5','6','7','8','9','X','0'])[(
        11 - (select sum((strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', substr(value, i, 1)) - 1)
                * (array[3,7,9,10,5,8,4,2])[i]) from generate_series(1, 8) i) % 11) + 1]
      = right(value, 1);
  end;
