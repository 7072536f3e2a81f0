-- Uses: earlier, verification
-- Forgets every verification of a number, with codes and deliveries, at once. The number's limits stay.
-- KEYS  1 the number
-- ARGV  1 what the keys of its verifications begin with
-- Gives how many there were
local known = redis.call('HMGET', KEYS[1], 'active', 'earlier')
local erased = 0
for nonce in string.gmatch((known[1] or '') .. (known[2] or ''), NONCE) do
  erased = erased + redis.call('DEL', ARGV[1] .. nonce)
  redis.call('DEL', code_key(ARGV[1] .. nonce))
end
redis.call('HDEL', KEYS[1], 'active', 'earlier')
return erased
