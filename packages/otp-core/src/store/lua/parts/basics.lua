-- The time, and the words of a text.

local MINUTE, DAY_MS = 60000, 86400000

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function words(text)
  local parts = {}
  for part in string.gmatch(text or '', '%S+') do parts[#parts + 1] = part end
  return parts
end
