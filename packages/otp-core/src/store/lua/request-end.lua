-- Ends a claim with its answer, or lets go of the idempotency key without one. A claim whose lock has ended changes
-- nothing: the key may be another request's by now.
-- KEYS  1 the request
-- ARGV  1 fingerprint   2 owner   3 sealed answer, or '' to let go   4 life of the answer in ms
-- Gives 1, or 0 where the lock had ended
if redis.call('GET', KEYS[1]) ~= 'running ' .. ARGV[1] .. ' ' .. ARGV[2] then return 0 end
if ARGV[3] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], 'done ' .. ARGV[1] .. ' ' .. ARGV[3], 'PX', ARGV[4])
end
return 1
