-- Whole numbers in digits of base 64, `?` to `~`: short, and never like the figures of a code or of a number. Unrolled,
-- since every request does this several times.
local FIRST_DIGIT, ZERO = 63, '?'

-- The last `length` of six digits.
local function to_digits(number, length)
  local f = number % 64
  number = (number - f) / 64
  local e = number % 64
  number = (number - e) / 64
  local d = number % 64
  number = (number - d) / 64
  local c = number % 64
  number = (number - c) / 64
  local b = number % 64
  local a = (number - b) / 64 % 64
  local digits = string.char(a + FIRST_DIGIT, b + FIRST_DIGIT, c + FIRST_DIGIT, d + FIRST_DIGIT, e + FIRST_DIGIT,
    f + FIRST_DIGIT)
  return string.sub(digits, -length)
end

-- Six digits from `first` on.
local function from_digits(text, first)
  local a, b, c, d, e, f = string.byte(text, first, first + 5)
  return ((((a * 64 + b) * 64 + c) * 64 + d) * 64 + e) * 64 + f - FIRST_DIGIT * (64 ^ 6 - 1) / 63
end
