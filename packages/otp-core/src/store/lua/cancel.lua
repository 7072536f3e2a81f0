-- Uses: basics, verification
-- Ends a pending verification at the application's wish.
-- KEYS  1 the verification
-- ARGV  1 application
-- Gives { 'not_found' } or { 'not_pending', status } or { 'canceled', { field, value, ... } }
local fields = redis.call('HMGET', KEYS[1], 'app', 'status', 'expires_at')
if fields[1] ~= ARGV[1] then return { 'not_found' } end
local status = status_at(KEYS[1], now_ms(), fields[2], fields[3])
if status ~= 'pending' then return { 'not_pending', status } end
finish(KEYS[1], 'canceled')
return { 'canceled', redis.call('HGETALL', KEYS[1]) }
