-- Uses: basics, deliveries, verification
-- Goes on with the workflow where a delivery has not been confirmed in time.
-- KEYS  1 the verification
-- ARGV  1 delivery number
-- Gives { 'not_found' }
--    or { 'escalated' | 'unneeded', delivery status, verification status, waiting deliveries, channel }
local now, n = now_ms(), ARGV[1]
local fields = redis.call('HMGET', KEYS[1], n, n .. '.state', 'status', 'expires_at')
if not fields[1] then return { 'not_found' } end
local delivery = state_of(fields[2])
local status = status_at(KEYS[1], now, fields[3], fields[4])
local about = words(fields[1])
local added = next_step(KEYS[1], now, tonumber(about[4]))
return { added and 'escalated' or 'unneeded', delivery, status, waiting(KEYS[1]), about[1] }
