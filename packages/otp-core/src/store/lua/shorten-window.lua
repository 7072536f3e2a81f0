-- Lets a window that began under a slower rate last no longer than one of the rate that is set now.
-- KEYS  1 BullMQ's count of the jobs taken in the window
-- ARGV  1 what stands there where the queue is held back   2 window in ms
local count, left = tonumber(redis.call('GET', KEYS[1]) or 0), redis.call('PTTL', KEYS[1])
if count >= tonumber(ARGV[1]) or left <= tonumber(ARGV[2]) then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
