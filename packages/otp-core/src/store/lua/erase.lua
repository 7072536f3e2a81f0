-- Uses: earlier, verification
-- Forgets a verification, its code and its deliveries at once. The number's limits stay.
-- KEYS  1 the verification   2 the number
-- ARGV  1 application
-- Gives 1, or 0 where the application has no such verification
if redis.call('HGET', KEYS[1], 'app') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1], code_key(KEYS[1]))
forget_nonce(KEYS[2], string.match(KEYS[1], '[^:]*$'))
return 1
