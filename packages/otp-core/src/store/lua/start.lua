-- Uses: basics, earlier, number, verification, workflow
-- Creates a verification, or answers with the pending one of the same number.
-- KEYS  1 the number   2 the new verification   3 its code
-- ARGV  1 application   2 `max_attempts channel country to area`   3 locale or ''   4 metadata or ''   5 plan
--       6 life in ms   7 resend gap in ms   8 retention in ms   9 the code as it is kept
--       10 request times, 11 call times and 12 guard of the number under a former key
--       13 policies of a number   14 those of its calls, or '' for a message (both `name limit window_ms ...`)
--       15 fingerprint of a request with an Idempotency-Key, or ''   16 ms that its message would wait to be sent
-- Gives { 'limited', policy, wait in ms, nonce or '', { field, value, ... } of what is pending }
--    or { 'locked', wait in ms, ms of the whole lock }
--    or { 'created', now } or { 'differs' } from what is pending
--    or { 'too_late', ms by which its message would wait longer than the pending code lives }
--    or { 'resent' | 'unchanged', now, nonce, { field, value, ... } }
-- Whether a request means the code that is pending: it approves the same payment, and the request brings no other code.
-- Both are as a code is kept.
local function means_the_same(kept, given)
  local function has(text, kind)
    return string.find(text, ' ' .. kind .. ':', 1, true) ~= nil
  end
  local function agree_on(kind)
    for word in string.gmatch(given, ' (' .. kind .. ':%S+)') do
      if string.find(kept .. ' ', ' ' .. word .. ' ', 1, true) then return true end
    end
    return false
  end
  if has(given, 'code') and not agree_on('code') then return false end
  return agree_on('context') or not (has(given, 'context') or has(kept, 'context'))
end

local now = now_ms()
local prefix, nonce = string.match(KEYS[2], '^(.*:)([^:]*)$')
local number = redis.call('HMGET', KEYS[1], 'active', 'requests', 'calls', 'guard')
local key = number[1] and prefix .. number[1]
local fields = key and redis.call('HMGET', key, 'status', 'expires_at', 'resend_at', 'asked')
local pending = fields and status_at(key, now, fields[1], fields[2]) == 'pending'
-- The very request that the newest message is of: whoever answered it died before its answer was kept.
if pending and ARGV[15] ~= '' and fields[4] == ARGV[15] then
  return { 'unchanged', now, number[1], redis.call('HGETALL', key) }
end

local guard = number[4] or ARGV[12] ~= '' and ARGV[12] or nil
local requests, calls, longest, wait = take_both(number[2] or ARGV[10], number[3] or ARGV[11], now, ARGV[13], ARGV[14])
local lock, takes = locked(guard, now)
if lock and lock >= (wait or 0) then return { 'locked', lock, takes } end
if not requests then
  return { 'limited', longest, wait, number[1] or '', pending and redis.call('HGETALL', key) or {} }
end

-- What is known of the number is kept under the current key from now on.
local function keep_number(ms, ...)
  redis.call('HSET', KEYS[1], 'requests', requests, ...)
  if calls then
    redis.call('HSET', KEYS[1], 'calls', calls)
  elseif not number[3] and ARGV[11] ~= '' then
    redis.call('HSET', KEYS[1], 'calls', ARGV[11])
  end
  if guard and not number[4] then redis.call('HSET', KEYS[1], 'guard', guard) end
  return expire_number(KEYS[1], ms, guard)
end

local life, gap = tonumber(ARGV[6]), tonumber(ARGV[7])
local keep = life + tonumber(ARGV[8])
local channel, carrier = string.match(ARGV[5], '^(%S+) (%S+)')

if pending then
  if not means_the_same(redis.call('GET', code_key(key)) or '', ARGV[9]) then return { 'differs' } end
  local due = now >= tonumber(fields[3])
  local excess = tonumber(ARGV[16]) - (tonumber(fields[2]) - now)
  if due and excess >= 0 then return { 'too_late', excess } end
  keep_number(math.max(keep, longest))
  if ARGV[3] ~= '' then redis.call('HSET', key, 'locale', ARGV[3]) end
  if ARGV[4] ~= '' then redis.call('HSET', key, 'metadata', ARGV[4]) end
  if due then add_delivery(key, now, channel, carrier, reach_step(key, channel), 'resend', gap, ARGV[15]) end
  return { due and 'resent' or 'unchanged', now, number[1], redis.call('HGETALL', key) }
end

local record = { 'HSET', KEYS[2], 'app', ARGV[1], 'status', 'pending', 'expires_at', now + life, 'resend_at', now + gap,
  'wrong', '0', 'about', now .. ' ' .. ARGV[2], 'deliveries', '1',
  '1', channel .. ' ' .. carrier .. ' ' .. now .. ' 1 start', '1.state', 'queued ' .. now .. ' 0 -' }
local function keep_field(name, value)
  record[#record + 1] = name
  record[#record + 1] = value
end
if ARGV[3] ~= '' then keep_field('locale', ARGV[3]) end
if ARGV[4] ~= '' then keep_field('metadata', ARGV[4]) end
if string.find(ARGV[5], ',', 1, true) then keep_field('plan', ARGV[5]) end
if ARGV[15] ~= '' then keep_field('asked', ARGV[15]) end
redis.call(unpack(record))
redis.call('PEXPIRE', KEYS[2], keep)
redis.call('SET', KEYS[3], ARGV[9], 'PX', ARGV[6])
local kept = keep_number(math.max(keep, longest), 'active', nonce)
if number[1] then keep_earlier(KEYS[1], prefix, number[1], kept) end
return { 'created', now }
