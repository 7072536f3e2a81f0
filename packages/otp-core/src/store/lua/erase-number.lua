-- Uses: earlier, verification
-- Forgets every verification of a number, with codes and deliveries, at once. The number's limits stay.
-- KEYS  1 the number
-- ARGV  1 what the keys of its verifications begin with
-- Gives how many there were
local active, earlier = redis.call('HGET', KEYS[1], 'active'), redis.call('GET', earlier_key(KEYS[1]))
local erased = 0
for nonce in string.gmatch((active or '') .. (earlier or ''), NONCE) do
  erased = erased + redis.call('DEL', ARGV[1] .. nonce)
  redis.call('DEL', code_key(ARGV[1] .. nonce))
end
redis.call('HDEL', KEYS[1], 'active')
redis.call('DEL', earlier_key(KEYS[1]))
return erased
