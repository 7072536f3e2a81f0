-- Uses: basics, events
-- Tells the breakers that a verification was approved.
-- KEYS  1 what every name begins with, as in admit.lua
-- ARGV  1 when it was made   2 country   3 hash of the area   4 last four digits
--       5 window in ms for which events of an area are kept; 0 where none are
local base, now, minute = KEYS[1], now_ms(), math.floor(ARGV[1] / MINUTE)
local minutes = base .. 'b:' .. ARGV[2]
-- The request was admitted right before: the minute may have turned in between.
for at = minute, minute - 1, -1 do
  local started = tonumber(redis.call('HGET', minutes, 's' .. at) or 0)
  if started > tonumber(redis.call('HGET', minutes, 'a' .. at) or 0) then
    redis.call('HINCRBY', minutes, 'a' .. at, 1)
    break
  end
end
if tonumber(ARGV[5]) > 0 then
  change_event(base .. 'p:', ARGV[3], now, tonumber(ARGV[5]), nil, ARGV[4], ARGV[4] .. '!')
end
return 1
