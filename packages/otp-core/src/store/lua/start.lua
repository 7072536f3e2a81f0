-- Creates a verification, or answers with the pending one of the same number.
-- KEYS  1 the number   2 the new verification   3 its code
-- ARGV  1 prefix of verification keys   2 nonce   3 application   4 channel   5 carrier   6 locale or ''
--       7 metadata or ''   8 country   9 masked number   10 life in ms   11 max attempts   12 resend gap in ms
--       13 retention in ms   14 kid, digest and sealed content   15 request times of the number under a former key
--       16... policies (limit, window in ms)
-- Gives { 'limited', policy, wait in ms, nonce or '', { field, value, ... } of what is pending }
--    or { 'created', now }
--    or { 'resent' | 'unchanged', now, nonce, { field, value, ... } }
local now = now_ms()
local number = redis.call('HMGET', KEYS[1], 'active', 'requests')
local requests, longest, wait = take(number[2] or ARGV[15], now, 16)
if not requests then
  local pending = number[1] and redis.call('HGET', ARGV[1] .. number[1], 'status') == 'pending'
  return { 'limited', longest, wait, number[1] or '', pending and redis.call('HGETALL', ARGV[1] .. number[1]) or {} }
end

local life, gap = tonumber(ARGV[10]), tonumber(ARGV[12])
local keep = life + tonumber(ARGV[13])

local key = number[1] and ARGV[1] .. number[1]
local fields = key and redis.call('HMGET', key, 'status', 'expires_at', 'resend_at')
if fields and status_at(key, now, fields[1], fields[2]) == 'pending' then
  redis.call('HSET', KEYS[1], 'requests', requests)
  redis.call('PEXPIRE', KEYS[1], math.max(keep, longest))
  if ARGV[6] ~= '' then redis.call('HSET', key, 'locale', ARGV[6]) end
  if ARGV[7] ~= '' then redis.call('HSET', key, 'metadata', ARGV[7]) end
  local due = now >= tonumber(fields[3])
  if due then add_delivery(key, now, ARGV[4], ARGV[5], gap) end
  return { due and 'resent' or 'unchanged', now, number[1], redis.call('HGETALL', key) }
end

redis.call('HSET', KEYS[1], 'active', ARGV[2], 'requests', requests)
redis.call('HSET', KEYS[2], 'app', ARGV[3], 'status', 'pending', 'channel', ARGV[4], 'locale', ARGV[6],
  'metadata', ARGV[7], 'country', ARGV[8], 'to', ARGV[9], 'created_at', now, 'expires_at', now + life,
  'resend_at', now + gap, 'wrong', 0, 'max_attempts', ARGV[11],
  'deliveries', 1, queued(1, now, ARGV[4], ARGV[5]))
redis.call('PEXPIRE', KEYS[2], keep)
redis.call('SET', KEYS[3], ARGV[14], 'PX', life)
redis.call('PEXPIRE', KEYS[1], math.max(keep, longest))
return { 'created', now }
