-- Uses: basics, events
-- Forgets what was counted under names that change with the time; see admit.lua.
-- KEYS  1 what every name begins with, as there
-- ARGV  1 `a:` or `p:` for events of a place, `spent:` for what the day's messages cost
--       2 hashes of the place, separated by commas   3 window in ms of its events; '' both of what was spent
-- Gives how many values were forgotten
local now, kind = now_ms(), KEYS[1] .. ARGV[1]
if ARGV[1] == 'spent:' then return redis.call('DEL', kind .. math.floor(now / DAY_MS)) end

local window, forgotten = tonumber(ARGV[3]), 0
local index = math.floor(now / window)
for hash in string.gmatch(ARGV[2], '[^,]+') do
  for i = index - 1, index do
    forgotten = forgotten + redis.call('HDEL', bucket_of(kind, hash, window, i))
  end
end
return forgotten
