-- Uses: basics, verification
-- Reads a verification as of now.
-- KEYS  1 the verification
-- ARGV  1 application
-- Gives { 'not_found' } or { 'found', { field, value, ... } }
local fields = redis.call('HMGET', KEYS[1], 'app', 'status', 'expires_at')
if fields[1] ~= ARGV[1] then return { 'not_found' } end
status_at(KEYS[1], now_ms(), fields[2], fields[3])
return { 'found', redis.call('HGETALL', KEYS[1]) }
