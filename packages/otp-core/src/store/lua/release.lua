-- Uses: basics, events
-- Takes back what admit.lua counted of a request that led to no message, or to no verification of its own.
-- KEYS  1 what every name begins with, and on: the windows, as there; none where the price alone was counted
-- ARGV  1 `unsent`, or `again` for another message of a verification that was counted before   2 when it was admitted
--       3 country or ''   4 hash of the area or ''   5 last four digits   6 window in ms for which events of an area are kept
--       7 price in millionths or ''
local base, at = KEYS[1], tonumber(ARGV[2])
local minutes, minute = base .. 'b:' .. ARGV[3], 's' .. math.floor(at / MINUTE)
if tonumber(redis.call('HGET', minutes, minute) or 0) > 0 then redis.call('HINCRBY', minutes, minute, -1) end
if ARGV[1] == 'again' then return 1 end

for i = 2, #KEYS do
  if tonumber(redis.call('GET', KEYS[i]) or 0) > 0 then redis.call('DECR', KEYS[i]) end
end
local spent = base .. 'spent:' .. math.floor(at / DAY_MS)
if ARGV[7] ~= '' and redis.call('EXISTS', spent) == 1 then redis.call('DECRBY', spent, ARGV[7]) end
if ARGV[4] ~= '' then
  change_event(base .. 'p:', ARGV[4], at, tonumber(ARGV[6]), at, ARGV[5], nil)
end
return 1
