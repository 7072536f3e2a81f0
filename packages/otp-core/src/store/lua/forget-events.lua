-- Uses: basics, events
-- Forgets the events of a place; see admit.lua.
-- KEYS  1 what every name begins with, as there
-- ARGV  1 `a:` for addresses, `p:` for areas   2 hashes of the place, separated by commas   3 window in ms of its events
-- Gives how many values were forgotten
local kind, window, forgotten = KEYS[1] .. ARGV[1], tonumber(ARGV[3]), 0
local index = math.floor(now_ms() / window)
for hash in string.gmatch(ARGV[2], '[^,]+') do
  for i = index - 1, index do
    forgotten = forgotten + redis.call('HDEL', bucket_of(kind, hash, window, i))
  end
end
return forgotten
