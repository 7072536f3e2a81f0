-- Uses: basics, number, verification, workflow
-- Adds a delivery of the same code to a pending verification.
-- KEYS  1 the verification   2 the number
-- ARGV  1 application   2 channel   3 carrier   4 resend gap in ms   5 policies of a number
--       6 those of its calls, or '' for a message (both `name limit window_ms ...`)
--       7 fingerprint of a request with an Idempotency-Key, or ''
-- Gives { 'not_found' } or { 'not_pending', status } or { 'locked', wait in ms, ms of the whole lock }
--    or { 'too_soon', wait in ms } or { 'limited', policy, wait in ms }
--    or { 'resent' | 'unchanged', { field, value, ... } }
local now = now_ms()
local fields = redis.call('HMGET', KEYS[1], 'app', 'status', 'expires_at', 'resend_at', 'asked')
if fields[1] ~= ARGV[1] then return { 'not_found' } end
local status = status_at(KEYS[1], now, fields[2], fields[3])
if status ~= 'pending' then return { 'not_pending', status } end
-- The very request that the newest message is of: whoever answered it died before its answer was kept.
if ARGV[7] ~= '' and fields[5] == ARGV[7] then return { 'unchanged', redis.call('HGETALL', KEYS[1]) } end

local number = redis.call('HMGET', KEYS[2], 'requests', 'calls', 'guard')
local requests, calls, longest, wait = take_both(number[1], number[2], now, ARGV[5], ARGV[6])
local lock, takes = locked(number[3], now)
if lock and lock >= (wait or 0) then return { 'locked', lock, takes } end
local early = tonumber(fields[4]) - now
if early > 0 and early >= (wait or 0) then return { 'too_soon', early } end
if not requests then return { 'limited', longest, wait } end

redis.call('HSET', KEYS[2], 'requests', requests)
if calls then redis.call('HSET', KEYS[2], 'calls', calls) end
expire_number(KEYS[2], math.max(longest, redis.call('PTTL', KEYS[1])), number[3])
add_delivery(KEYS[1], now, ARGV[2], ARGV[3], reach_step(KEYS[1], ARGV[2]), 'resend', tonumber(ARGV[4]), ARGV[7])
return { 'resent', redis.call('HGETALL', KEYS[1]) }
