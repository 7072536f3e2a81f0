-- Gives back a job's place in the window of its queue's rate.
-- KEYS  1 BullMQ's count of the jobs taken in the window
-- ARGV  1 what stands there where the queue is held back   2 window in ms   3 ms since the job was taken
-- Gives 1, or 0 where the job is not counted any more: its window is over, or the queue is held back
local count, left = tonumber(redis.call('GET', KEYS[1]) or 0), redis.call('PTTL', KEYS[1])
local age = ARGV[2] - left
if count < 1 or count >= tonumber(ARGV[1]) or left < 0 or age < tonumber(ARGV[3]) then return 0 end
redis.call('DECR', KEYS[1])
return 1
