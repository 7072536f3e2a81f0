-- Counts an attempt, then compares: a code is right at most once, and no concurrency evaluates one attempt too many.
-- KEYS  1 the verification
-- ARGV  1 application   2... kid, digest of the typed code under that key
-- Gives { 'not_found' } or { status, 1 if the code was right, else 0, attempts remaining }
local fields = redis.call('HMGET', KEYS[1], 'app', 'status', 'expires_at', 'wrong', 'max_attempts', 'kid', 'digest')
if fields[1] ~= ARGV[1] then return { 'not_found' } end
local status = status_at(KEYS[1], now_ms(), fields[2], fields[3])
local remaining = fields[5] - fields[4]
if status ~= 'pending' then return { status, 0, remaining } end

redis.call('HINCRBY', KEYS[1], 'wrong', 1)
for i = 2, #ARGV, 2 do
  if ARGV[i] == fields[6] and ARGV[i + 1] == fields[7] then
    redis.call('HINCRBY', KEYS[1], 'wrong', -1)
    finish(KEYS[1], 'approved')
    return { 'approved', 1, remaining }
  end
end
if remaining > 1 then return { 'pending', 0, remaining - 1 } end
finish(KEYS[1], 'failed')
return { 'failed', 0, 0 }
