-- Adds a delivery of the same code to a pending verification.
-- KEYS  1 the verification   2 the number
-- ARGV  1 application   2 channel   3 carrier   4 resend gap in ms   5... policies (limit, window in ms)
-- Gives { 'not_found' } or { 'not_pending', status } or { 'too_soon', wait in ms } or { 'limited', policy, wait in ms }
--    or { 'resent', { field, value, ... } }
local now = now_ms()
local fields = redis.call('HMGET', KEYS[1], 'app', 'status', 'expires_at', 'resend_at')
if fields[1] ~= ARGV[1] then return { 'not_found' } end
local status = status_at(KEYS[1], now, fields[2], fields[3])
if status ~= 'pending' then return { 'not_pending', status } end

local early = tonumber(fields[4]) - now
if early > 0 then return { 'too_soon', early } end
local requests, longest, wait = take(redis.call('HGET', KEYS[2], 'requests'), now, 5)
if not requests then return { 'limited', longest, wait } end

redis.call('HSET', KEYS[2], 'requests', requests)
redis.call('PEXPIRE', KEYS[2], math.max(longest, redis.call('PTTL', KEYS[1]), redis.call('PTTL', KEYS[2])))
add_delivery(KEYS[1], now, ARGV[2], ARGV[3], reach_step(KEYS[1], ARGV[2]), 'resend', tonumber(ARGV[4]))
return { 'resent', redis.call('HGETALL', KEYS[1]) }
