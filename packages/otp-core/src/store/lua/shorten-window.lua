-- Lets a window that began under a slower rate last no longer than one of the rate that is set now.
-- KEYS  1 BullMQ's count of the jobs taken in the window
-- ARGV  1 window in ms
local HELD_BACK = 9007199254740991
local count, left = tonumber(redis.call('GET', KEYS[1]) or 0), redis.call('PTTL', KEYS[1])
if count >= HELD_BACK or left <= tonumber(ARGV[1]) then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[1])
