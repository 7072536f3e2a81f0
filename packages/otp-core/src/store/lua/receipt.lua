-- Uses: basics, deliveries, receipts, verification
-- Applies a carrier's receipt of a message.
-- KEYS  1 the verification
-- ARGV  1 delivery number   2 status: sent, unconfirmed, undelivered or delivered   3 reason or ''   4 carrier's id
-- Gives { 'not_found' } or { 'applied' | 'ignored', delivery status, verification status, channel, carrier,
--       ms since the delivery was asked for, waiting deliveries, application }
local now, n = now_ms(), ARGV[1]
local fields = redis.call('HMGET', KEYS[1], n, n .. '.state', 'status', 'expires_at', n .. '.lost', n .. '.attempts',
  'app')
local about = words(fields[1])
if about[1] ~= 'sms' then return { 'not_found' } end
local delivery, _, requests = state_of(fields[2])
status_at(KEYS[1], now, fields[3], fields[4])

local function answer(outcome, list)
  return { outcome, delivery, redis.call('HGET', KEYS[1], 'status'), about[1], about[2], now - about[3], list or {},
    fields[7] }
end

if ARGV[2] == 'undelivered' and not note_lost(KEYS[1], n, fields[5], ARGV[4], requests) then return answer('ignored') end
identify_attempt(KEYS[1], n, fields[6], ARGV[4])
if not is_ahead(ARGV[2], delivery) then
  return answer('ignored', delivery == 'undelivered' and waiting(KEYS[1]) or nil)
end
delivery = ARGV[2]
set_state(KEYS[1], n, now, delivery, requests, ARGV[3])
if delivery ~= 'undelivered' then return answer('applied') end
give_up_on(KEYS[1], now, n)
return answer('applied', waiting(KEYS[1]))
