-- Uses: basics, number, verification
-- Counts the attempt and compares in one step: a code is right at most once, and no concurrency evaluates one attempt
-- too many.
-- KEYS  1 the verification   2 its number
-- ARGV  1 application   2 wrong codes in a row that lock the number   3 ms of the first lock
--       4 fingerprint of a request with an Idempotency-Key, or ''
--       5... kid, digest of the typed code under that key
-- Gives { 'not_found' } or { 'unknown_key' } or { 'locked', wait in ms, ms of the whole lock, about }
--    or { status, 1 if the code was right, else 0, attempts remaining, 1 if the code was compared, else 0,
--         with one that was right just now also: about }
local now = now_ms()
local fields = redis.call('HMGET', KEYS[1], 'app', 'status', 'expires_at', 'wrong', 'about', 'by')
if fields[1] ~= ARGV[1] then return { 'not_found' } end
local status = status_at(KEYS[1], now, fields[2], fields[3])
local remaining = string.match(fields[5], ' (%d+)') - fields[4]
if status ~= 'pending' then
  -- The very request that was right: whoever answered it died before its answer was kept.
  local again = fields[6] and fields[6] == ARGV[4] and now < tonumber(fields[3])
  return { status, again and 1 or 0, remaining, 0 }
end
local guard = redis.call('HGET', KEYS[2], 'guard')
local wait, takes = locked(guard, now)
if wait then return { 'locked', wait, takes, fields[5] } end

local kid, digest = code_of(KEYS[1])
if not kid then
  finish(KEYS[1], 'expired')
  return { 'expired', 0, remaining, 0 }
end
local typed
for i = 5, #ARGV, 2 do
  if ARGV[i] == kid then typed = ARGV[i + 1] end
end
-- Whoever asks does not have the key yet: that says nothing about the code, and costs no attempt.
if not typed then return { 'unknown_key' } end

if typed == digest then
  finish(KEYS[1], 'approved')
  if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'by', ARGV[4]) end
  if guard then redis.call('HDEL', KEYS[2], 'guard') end
  return { 'approved', 1, remaining, 1, fields[5] }
end
count_failure(KEYS[2], guard, now, tonumber(ARGV[2]), tonumber(ARGV[3]))
redis.call('HINCRBY', KEYS[1], 'wrong', 1)
if remaining > 1 then return { 'pending', 0, remaining - 1, 1 } end
finish(KEYS[1], 'failed')
return { 'failed', 0, 0, 1 }
