-- Whole numbers in digits of base 64, `?` to `~`: short, and never like the figures of a code or of a number.
local FIRST_DIGIT = 63

local function to_digits(number, length)
  local digits = {}
  for i = length, 1, -1 do
    digits[i] = FIRST_DIGIT + number % 64
    number = math.floor(number / 64)
  end
  return string.char(unpack(digits))
end

local function from_digits(text, first, last)
  local number = 0
  for at = first, last do number = number * 64 + string.byte(text, at) - FIRST_DIGIT end
  return number
end
