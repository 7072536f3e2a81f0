-- Gives back a job's place in the window of its queue's rate.
-- KEYS  1 BullMQ's count of the jobs taken in the window
-- ARGV  1 window in ms   2 ms since the job was taken
-- Gives 1, or 0 where the job is not counted any more: its window is over, or the queue is held back
local HELD_BACK = 9007199254740991
local count, left = tonumber(redis.call('GET', KEYS[1]) or 0), redis.call('PTTL', KEYS[1])
local age = ARGV[1] - left
if count < 1 or count >= HELD_BACK or left < 0 or age < tonumber(ARGV[2]) then return 0 end
redis.call('DECR', KEYS[1])
return 1
