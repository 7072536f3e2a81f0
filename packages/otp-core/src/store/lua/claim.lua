-- Takes a delivery before it is sent, and marks it `sending` ahead of the request, so that a crash in between is
-- known to be uncertain.
-- KEYS  1 the verification
-- ARGV  1 delivery number   2 ms to wait for a receipt of an uncertain request   3 most requests that may arrive
-- Gives { 'not_found' } or { 'skipped', verification status } or { 'done', delivery status }
--    or { 'uncertain', wait in ms, life left in ms } or { 'send', life left in ms, kid, sealed, locale }
local now, n = now_ms(), ARGV[1]
local fields = redis.call('HMGET', KEYS[1], n .. '.status', n .. '.updated_at', n .. '.requests', 'status',
  'expires_at', 'locale')
local delivery, updated_at, requests = fields[1], tonumber(fields[2]), tonumber(fields[3] or 0)
if not delivery then return { 'not_found' } end

local open = delivery == 'queued' or delivery == 'sending' or delivery == 'uncertain'
if not open then return { 'done', delivery } end
local status = status_at(KEYS[1], now, fields[4], fields[5])
local kid, _, sealed = code_of(KEYS[1])
if status == 'pending' and not kid then
  finish(KEYS[1], 'expired')
  status = 'expired'
end
if status ~= 'pending' then
  -- A request that may have arrived stays uncertain: only what was never requested is skipped.
  if delivery == 'queued' then set_delivery(KEYS[1], n, now, 'skipped', status) end
  if delivery == 'sending' then set_delivery(KEYS[1], n, now, 'uncertain', 'interrupted') end
  return { 'skipped', status }
end

local left = tonumber(fields[5]) - now
if delivery == 'sending' then
  -- Whoever marked it is gone: a crash, or a lock that was lost.
  set_delivery(KEYS[1], n, now, 'uncertain', 'interrupted')
  updated_at, delivery = now, 'uncertain'
end
if delivery == 'uncertain' then
  if requests >= tonumber(ARGV[3]) then return { 'done', 'uncertain' } end
  local wait = updated_at + tonumber(ARGV[2]) - now
  if wait > 0 then return { 'uncertain', wait, left } end
end

redis.call('HSET', KEYS[1], n .. '.status', 'sending', n .. '.updated_at', now, n .. '.requests', requests + 1)
return { 'send', left, kid, sealed, fields[6] }
